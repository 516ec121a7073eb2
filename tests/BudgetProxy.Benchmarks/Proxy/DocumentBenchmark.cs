namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>One long document in every call, by one caller: through bare YARP, through the proxy for the first time each, and through the proxy again and again.</summary>
internal static class DocumentBenchmark
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var rounds = arguments.Number("rounds", 3);
        var time = TimeSpan.FromSeconds(arguments.Number("seconds", 3));
        var again = new LoadCase(arguments.Number("body", 400 * 1024), Streamed: false, Callers: 1) { IsDocument = true };
        await using var targets = await BenchmarkTargets.StartAsync(["yarp", "proxy"], TargetOptions.Of(arguments));
        (string Name, BenchmarkTarget Target, LoadCase Load)[] cases =
        [
            ("bare YARP", targets.All[0], again),
            ("proxy, new each time", targets.All[1], again with { IsFresh = true }),
            ("proxy, seen before", targets.All[1], again),
        ];
        var measured = cases.Select(_ => new List<Measurement>()).ToArray();
        // The first round is for the just-in-time compiler.
        for (var round = 0; round <= rounds; round++)
        {
            for (var i = 0; i < cases.Length; i++)
            {
                var result = await cases[i].Target.MeasureAsync(cases[i].Load, time);
                if (round > 0)
                    measured[i].Add(result);
            }
        }

        Console.WriteLine($"| {again} of prose, 1 caller | p50 µs | ÷ YARP | p99 µs | CPU ms a call | MiB |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var yarp = Measurement.Median(measured[0]).Load.P50;
        for (var i = 0; i < cases.Length; i++)
        {
            var median = Measurement.Median(measured[i]);
            Console.WriteLine(
                $"| {cases[i].Name} | {median.Load.P50:N0} | **{(double)median.Load.P50 / yarp:0.00}** | {median.Load.P99:N0} |"
                + $" {median.CpuPerCall.Servers.TotalMilliseconds:0.000} | {median.WorkingSet} |");
        }

        return 0;
    }
}
