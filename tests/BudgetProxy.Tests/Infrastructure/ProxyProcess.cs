using System.Net.Http.Headers;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>The proxy as a process of its own, so that it can be killed at any instruction, frozen, and started again where it was.</summary>
internal sealed class ProxyProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(40);

    private readonly Dictionary<string, string> _settings;
    private readonly HttpClient _health;
    private ChildProcess _process;
    private string _earlierOutput = "";

    private ProxyProcess(IReadOnlyDictionary<string, string> settings)
    {
        BaseAddress = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        _health = new HttpClient { BaseAddress = BaseAddress, Timeout = TimeSpan.FromSeconds(10) };
        _settings = new Dictionary<string, string>(settings)
        {
            // Several share the machine with what they are tested by.
            ["DOTNET_gcServer"] = "0",
        };
        _process = Launch();
    }

    public Uri BaseAddress { get; }

    public int Pid => _process.Pid;

    public bool HasExited => _process.HasExited;

    /// <summary>All that it wrote to standard output and error so far, over all its starts.</summary>
    public string Output => _earlierOutput + _process.Output;

    /// <summary>Starts the proxy on a free port and returns once it is ready.</summary>
    /// <param name="settings">Settings in environment form, such as <c>BudgetProxy__DataDirectory</c>.</param>
    public static async Task<ProxyProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var proxy = new ProxyProcess(settings);
        try
        {
            await proxy.WhenReadyAsync();
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }

        return proxy;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>SIGSTOP.</summary>
    public void StopProcess() => _process.Freeze();

    /// <summary>SIGCONT.</summary>
    public void ContinueProcess() => _process.Thaw();

    /// <summary>SIGTERM, without waiting for the end.</summary>
    public void AskToEnd() => _process.AskToEnd();

    /// <summary>SIGTERM.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public Task<int> TerminateAsync(TimeSpan limit)
    {
        _process.AskToEnd();
        return WhenEndedAsync(limit);
    }

    /// <returns>The exit code.</returns>
    /// <exception cref="TimeoutException">It still runs.</exception>
    public Task<int> WhenEndedAsync(TimeSpan limit) => _process.WhenEndedAsync(limit);

    /// <summary>Starts it again once it has ended: same port, same settings, same data directory. Returns once it is ready.</summary>
    public Task RestartAsync()
    {
        BeginRestart();
        return WhenReadyAsync();
    }

    /// <summary>Starts it again once it has ended, without waiting until it is ready.</summary>
    public void BeginRestart()
    {
        Assert.True(_process.HasExited, "The proxy still runs.");
        _earlierOutput = Output + "\n";
        _process = Launch();
    }

    /// <summary>Returns once <c>/readyz</c> says so.</summary>
    public async Task WhenReadyAsync()
    {
        try
        {
            await Poll.UntilAsync(IsReadyAsync, StartLimit, "the proxy is ready");
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}. It says: {_process.Output}", late);
        }
    }

    /// <summary>The page that Prometheus would read.</summary>
    public Task<string> MetricsAsync() => _health.GetStringAsync("/metrics");

    /// <summary>What <c>/readyz</c> answers; 0 = no connection.</summary>
    public async Task<int> ReadinessAsync()
    {
        try
        {
            using var response = await _health.GetAsync("/readyz");
            return (int)response.StatusCode;
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException)
        {
            return 0;
        }
    }

    /// <summary>Speaks to the admin API. The caller's to dispose.</summary>
    public HttpClient Admin()
    {
        var admin = new HttpClient { BaseAddress = new Uri(BaseAddress, "/admin/v1/") };
        admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestProxy.AdminKey);
        return admin;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _health.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        Assert.False(_process.HasExited, $"The proxy ended at its start: {_process.Output}");
        return await ReadinessAsync() == 200;
    }

    private ChildProcess Launch() => ChildProcess.Start(
        "dotnet", [Path.Combine(AppContext.BaseDirectory, "BudgetProxy.dll"), "--urls", BaseAddress.OriginalString], _settings);
}
