using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using BudgetProxy.Benchmarks.Proxy;

namespace BudgetProxy.Benchmarks.Servers;

/// <summary>A server of the benchmark in its own process, killed with it; its CPU time and memory are read from <c>/proc</c>.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private ChildProcess(Process process)
    {
        _process = process;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
    }

    public int Id => _process.Id;

    /// <summary>User and system time so far, with that of the processes that it started.</summary>
    public TimeSpan Cpu => ProcessTimes.OfTree(Id);

    /// <summary>Resident memory in MiB.</summary>
    public long WorkingSet
    {
        get
        {
            var line = File.ReadLines($"/proc/{Id}/status").First(text => text.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
        }
    }

    /// <summary>Starts another role of this executable.</summary>
    public static ChildProcess StartSelf(bool serverGc, params string[] arguments) =>
        Start(Environment.ProcessPath!, arguments, new() { ["DOTNET_gcServer"] = serverGc ? "1" : "0" });

    public static ChildProcess Start(string file, IEnumerable<string> arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            if (!string.IsNullOrEmpty(line.Data))
                Console.Error.WriteLine(line.Data);
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ChildProcess(process);
    }

    /// <summary>Runs the load generator in its own process, with its socket continuations on the thread that polls.</summary>
    public static async Task<LoadResult> LoadAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["load", .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true };
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1";
        start.Environment["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1";
        start.Environment["DOTNET_TieredCompilation"] = "0";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonSerializer.Deserialize<LoadResult>(output)!;
    }

    /// <summary>Returns when the port accepts connections.</summary>
    public async Task WaitForAsync(int port)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The process ended with status {_process.ExitCode} before it listened.");
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                return;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < StartTime)
            {
                await Task.Delay(50);
            }
        }
    }

    public void Dispose()
    {
        Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has gone, or was disposed of.
        }
    }
}
