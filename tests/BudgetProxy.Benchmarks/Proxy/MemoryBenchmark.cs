namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>Many calls through one process, its memory looked at on the way: it must not grow with their number.</summary>
internal static class MemoryBenchmark
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var calls = arguments.Number("calls", 1_000_000);
        var sample = arguments.Number("sample", 50_000);
        await using var targets = await BenchmarkTargets.StartAsync([arguments.Text("target", "proxy")], TargetOptions.Of(arguments));
        var target = targets.All[0];
        var process = target.Processes[0];
        using var heap = new GcHeapSampler(process.Id);
        var load = new LoadCase(1024, arguments.Has("stream"), arguments.Number("callers", 64));

        Console.WriteLine($"{target.Name}, {load}, {load.Callers} callers");
        Console.WriteLine("| calls | working set MiB | GC heap MiB | calls/s |");
        Console.WriteLine("|---|---|---|---|");
        for (var done = 0; done < calls; done += sample)
        {
            var result = await target.CallAsync(load, sample);
            Console.WriteLine($"| {done + sample:N0} | {process.WorkingSet} | {await heap.NextAsync():0.0} | {result.CallsPerSecond:N0} |");
        }

        return 0;
    }
}
