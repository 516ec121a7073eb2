using BudgetProxy.Benchmarks.Servers;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>Starts the upstream and what stands before it, each in its own process.</summary>
internal sealed class BenchmarkTargets : IAsyncDisposable
{
    private readonly List<BenchmarkTarget> _all = [];
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("budgetproxy-benchmark-");
    private readonly BenchmarkTarget _direct;
    private readonly TargetOptions _options;

    private BenchmarkTargets(BenchmarkTarget direct, TargetOptions options)
    {
        _direct = direct;
        _options = options;
    }

    /// <summary>In the order asked for.</summary>
    public IReadOnlyList<BenchmarkTarget> All => _all;

    /// <param name="names"><c>direct</c>, <c>yarp</c>, <c>proxy</c>, <c>distributed</c>, <c>distributed2</c>.</param>
    public static async Task<BenchmarkTargets> StartAsync(IEnumerable<string> names, TargetOptions options)
    {
        var port = FreePort.Next();
        var upstream = ChildProcess.StartSelf(false, "provider", "--fast", "--port", $"{port}", "--delay-ms", $"{options.Delay.TotalMilliseconds:0}");
        await upstream.WaitForAsync(port);
        var targets = new BenchmarkTargets(new BenchmarkTarget("direct", [port], "/v1/chat/completions", "none", [upstream]), options);
        try
        {
            foreach (var name in names)
                targets._all.Add(await targets.StartAsync(name));
            return targets;
        }
        catch
        {
            await targets.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var target in _all.Append(_direct).Distinct())
            await target.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private async Task<BenchmarkTarget> StartAsync(string name) => name switch
    {
        "direct" => _direct,
        "yarp" => await StartYarpAsync(),
        "proxy" => await Launcher(name, null).StartAsync(name, 1),
        "distributed" => await StartDistributedAsync(name, 1),
        "distributed2" => await StartDistributedAsync(name, 2),
        _ => throw new ArgumentException($"No target is called '{name}'.", nameof(name)),
    };

    private async Task<BenchmarkTarget> StartYarpAsync()
    {
        var port = FreePort.Next();
        var process = ChildProcess.StartSelf(true, "yarp", "--port", $"{port}", "--upstream", $"http://127.0.0.1:{_direct.Ports[0]}");
        await process.WaitForAsync(port);
        return new BenchmarkTarget("bare YARP", [port], _direct.Path, _direct.Key, [process]);
    }

    /// <summary>Each with stores of its own, so that none does another's work.</summary>
    private async Task<BenchmarkTarget> StartDistributedAsync(string name, int proxies)
    {
        var stores = await StoreServers.StartAsync();
        try
        {
            return await Launcher(name, stores).StartAsync(name, proxies);
        }
        catch
        {
            await stores.DisposeAsync();
            throw;
        }
    }

    private ProxyLauncher Launcher(string name, StoreServers? stores) =>
        new(_direct.Ports[0], Path.Combine(_data.FullName, name), stores, _options.StoreDeadline);
}
