using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>The proxy as a process of its own, so that it can be killed at any instruction.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string?> _output = new();

    private ProxyProcess(Process process, Uri baseAddress)
    {
        _process = process;
        BaseAddress = baseAddress;
        process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data);
        process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri BaseAddress { get; }

    /// <summary>All that it wrote to standard output and error so far; complete once it has ended.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Starts the proxy on a free port and returns once it is ready.</summary>
    /// <param name="settings">Settings in environment form, such as <c>BudgetProxy__DataDirectory</c>.</param>
    public static async Task<ProxyProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "BudgetProxy.dll"), "--urls", address.OriginalString])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        var proxy = new ProxyProcess(process, address);
        await proxy.WhenReadyAsync();
        return proxy;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, without waiting for the end.</summary>
    public void AskToEnd()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>SIGTERM.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public Task<int> TerminateAsync(TimeSpan limit)
    {
        AskToEnd();
        return WhenEndedAsync(limit);
    }

    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public async Task<int> WhenEndedAsync(TimeSpan limit)
    {
        await _process.WaitForExitAsync().WaitAsync(limit);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task WhenReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = BaseAddress };
        for (var attempt = 0; attempt < 600; attempt++)
        {
            Assert.False(_process.HasExited, "The proxy ended at its start.");
            try
            {
                using var response = await client.GetAsync("/readyz");
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(50);
        }

        throw new InvalidOperationException("The proxy was not ready in time.");
    }
}
