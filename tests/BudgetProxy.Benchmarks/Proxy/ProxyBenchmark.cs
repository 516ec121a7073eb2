namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>The upstream alone, bare YARP and the proxy, in turn under the same load: medians of interleaved rounds, ratios within one run.</summary>
internal static class ProxyBenchmark
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        if (arguments.Has("only"))
            return await RunOneAsync(arguments);

        var quick = arguments.Has("quick");
        var rounds = arguments.Number("rounds", quick ? 1 : 3);
        var time = TimeSpan.FromSeconds(arguments.Number("seconds", quick ? 2 : 4));
        await using var targets = await BenchmarkTargets.StartAsync(arguments.Text("targets", "direct,yarp,proxy").Split(','), TargetOptions.Of(arguments));
        foreach (var target in targets.All)
            await WarmUpAsync(target);

        var table = new ProxyTable(targets.All);
        table.PrintHead();
        foreach (var load in Cases(quick, arguments.Number("callers", 0)))
        {
            var measured = targets.All.ToDictionary(target => target, _ => new List<Measurement>());
            for (var round = 0; round < rounds; round++)
            {
                foreach (var target in targets.All)
                    measured[target].Add(await target.MeasureAsync(load, time));
            }

            table.PrintRows(load, targets.All.Select(target => Measurement.Median(measured[target])).ToList());
        }

        var sound = true;
        foreach (var target in targets.All.Where(target => target.Stores is not null))
            sound &= await DistributedBooks.PrintAsync(target);
        return sound ? 0 : 1;
    }

    private static IEnumerable<LoadCase> Cases(bool quick, int only)
    {
        foreach (var callers in only > 0 ? (int[])[only] : quick ? [1, 128] : [1, 32, 128])
        {
            foreach (var body in quick ? (int[])[1024] : [1024, 16 * 1024])
            {
                yield return new LoadCase(body, false, callers);
                yield return new LoadCase(body, true, callers);
            }
        }
    }

    /// <summary>Until the just-in-time compiler is done with every path, which takes tens of thousands of calls on each.</summary>
    private static async Task WarmUpAsync(BenchmarkTarget target)
    {
        for (var round = 0; round < 2; round++)
        {
            foreach (var streamed in (bool[])[false, true])
                await target.MeasureAsync(new LoadCase(1024, streamed, 32), TimeSpan.FromSeconds(4));
        }
    }

    /// <summary>One target, one case, for a profiler to look at.</summary>
    private static async Task<int> RunOneAsync(Arguments arguments)
    {
        await using var targets = await BenchmarkTargets.StartAsync([arguments.Text("only", "proxy")], TargetOptions.Of(arguments));
        var target = targets.All[0];
        await WarmUpAsync(target);
        var load = new LoadCase(arguments.Number("body", 1024), arguments.Has("stream"), arguments.Number("callers", 128));
        Console.WriteLine($"{target.Name}: process {string.Join(", ", target.Processes.Select(process => process.Id))}, port {string.Join(", ", target.Ports)}");
        if (target.Stores is { } stores)
            Console.WriteLine($"Redis: process {stores.RedisId}, port {stores.RedisPort}. Postgres: process {stores.PostgresId} and those it started.");
        var result = await target.MeasureAsync(load, TimeSpan.FromSeconds(arguments.Number("seconds", 10)));
        Console.WriteLine(
            $"{load}, {load.Callers} callers: {result.Load.CallsPerSecond:N0}/s, p50 {result.Load.P50} µs, p99 {result.Load.P99} µs, "
            + $"CPU {result.CpuPerCall.Servers.TotalMilliseconds:0.000} ms a call, {result.WorkingSet} MiB");
        if (result.Outbox is not { } outbox)
            return 0;
        Console.WriteLine(
            $"Redis {result.CpuPerCall.Redis.TotalMilliseconds:0.000} ms a call, Postgres {result.CpuPerCall.Postgres.TotalMilliseconds:0.000}; "
            + $"outbox {outbox.Longest:N0} at most, empty {outbox.Emptied.TotalMilliseconds:N0} ms after the load");
        return await DistributedBooks.PrintAsync(target) ? 0 : 1;
    }
}
