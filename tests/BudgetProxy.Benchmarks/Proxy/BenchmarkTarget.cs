namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>One thing to measure: where it listens, what path and key it takes, and the process that serves.</summary>
internal sealed record BenchmarkTarget(string Name, int Port, string Path, string Key, ChildProcess Process) : IDisposable
{
    public void Dispose() => Process.Dispose();

    /// <summary>Runs the load generator against it for a time, after a quarter of that time (at least half a second) to warm up.</summary>
    public async Task<Measurement> MeasureAsync(LoadCase load, TimeSpan time)
    {
        var before = Process.Cpu;
        var warmUp = TimeSpan.FromMilliseconds(Math.Max(500, time.TotalMilliseconds / 4));
        var result = await LoadAsync(load, "--ms", $"{time.TotalMilliseconds:0}", "--warm-ms", $"{warmUp.TotalMilliseconds:0}");
        return new Measurement(result, (Process.Cpu - before) / Math.Max(result.AllCalls, 1), Process.WorkingSet);
    }

    public Task<LoadResult> CallAsync(LoadCase load, int calls) => LoadAsync(load, "--calls", $"{calls}");

    private async Task<LoadResult> LoadAsync(LoadCase load, params string[] extent)
    {
        string[] stream = load.Streamed ? ["--stream"] : [];
        var result = await ChildProcess.LoadAsync(
            ["--port", $"{Port}", "--path", Path, "--key", Key, "--body", $"{load.Body}", "--callers", $"{load.Callers}", .. extent, .. stream]);
        return result.Error is null ? result : throw new InvalidOperationException($"{Name}, {load}, {load.Callers} callers: {result.Error}");
    }
}
