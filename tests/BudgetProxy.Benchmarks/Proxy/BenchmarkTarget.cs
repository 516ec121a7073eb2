using BudgetProxy.Benchmarks.Servers;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>One thing to measure: where it listens, what path and key it takes, and the processes that serve; callers are spread evenly over its ports.</summary>
internal sealed class BenchmarkTarget(string name, IReadOnlyList<int> ports, string path, string key, IReadOnlyList<ChildProcess> processes) : IAsyncDisposable
{
    private static readonly TimeSpan MetricsLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MetricsPause = TimeSpan.FromMilliseconds(100);

    public string Name => name;

    public IReadOnlyList<int> Ports => ports;

    public string Path => path;

    public string Key => key;

    public IReadOnlyList<ChildProcess> Processes => processes;

    /// <summary>Redis and Postgres of the distributed mode; null = it needs neither.</summary>
    public StoreServers? Stores { get; init; }

    /// <summary>Calls that were answered, of all runs.</summary>
    public long Calls { get; private set; }

    private CpuTimes Cpu => new(
        processes.Aggregate(TimeSpan.Zero, (sum, process) => sum + process.Cpu), Stores?.RedisCpu ?? TimeSpan.Zero, Stores?.PostgresCpu ?? TimeSpan.Zero);

    /// <summary>
    /// Runs the load generator against it for a time, after a quarter of that time (at least half a second) to warm up. CPU is counted until the last
    /// call's entry is in the ledger.
    /// </summary>
    public async Task<Measurement> MeasureAsync(LoadCase load, TimeSpan time)
    {
        var before = Cpu;
        await using var watch = Stores is null ? null : new OutboxWatch(Stores);
        var warmUp = TimeSpan.FromMilliseconds(Math.Max(500, time.TotalMilliseconds / 4));
        var result = await LoadAsync(load, "--ms", $"{time.TotalMilliseconds:0}", "--warm-ms", $"{warmUp.TotalMilliseconds:0}");
        OutboxRun? outbox = watch is null ? null : await watch.WhenEmptyAsync();
        var cpu = (Cpu - before) / Math.Max(result.AllCalls, 1);
        if (Stores is not null)
            await SeeEmptyOutboxAsync();
        return new Measurement(result, cpu, processes.Sum(process => process.WorkingSet), outbox);
    }

    public Task<LoadResult> CallAsync(LoadCase load, int calls) => LoadAsync(load, "--calls", $"{calls}");

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes)
            process.Dispose();
        if (Stores is not null)
            await Stores.DisposeAsync();
    }

    private async Task<LoadResult> LoadAsync(LoadCase load, params string[] extent)
    {
        string[] kind = [.. load.Streamed ? ["--stream"] : Array.Empty<string>(), .. load.IsDocument ? ["--document"] : Array.Empty<string>(), .. load.IsFresh ? ["--fresh"] : Array.Empty<string>()];
        var result = await ChildProcess.LoadAsync(
            ["--port", string.Join(',', ports), "--path", path, "--key", key, "--body", $"{load.Body}", "--callers", $"{load.Callers}", .. extent, .. kind]);
        Calls += result.AllCalls;
        return result.Error is null ? result : throw new InvalidOperationException($"{name}, {load}, {load.Callers} callers: {result.Error}");
    }

    /// <summary>What operators see must agree with what was seen in Redis; the page's figure is up to a second old.</summary>
    private async Task SeeEmptyOutboxAsync()
    {
        foreach (var port in ports)
        {
            var waited = TimeSpan.Zero;
            for (; (await MetricsPage.ReadAsync(port))["budgetproxy_outbox_length"] > 0; waited += MetricsPause)
            {
                if (waited > MetricsLimit)
                    throw new InvalidOperationException($"{name}: the outbox is empty, and /metrics still says that it is not.");
                await Task.Delay(MetricsPause);
            }
        }
    }
}
