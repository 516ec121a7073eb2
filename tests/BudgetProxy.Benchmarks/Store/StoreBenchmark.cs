using BudgetProxy.Benchmarks.Proxy;

namespace BudgetProxy.Benchmarks.Store;

/// <summary>The stores alone, without a proxy before them.</summary>
internal static class StoreBenchmark
{
    /// <summary>Callers of each row.</summary>
    public static readonly int[] Callers = [1, 32, 128];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var quick = arguments.Has("quick");
        var length = TimeSpan.FromSeconds(arguments.Number("seconds", quick ? 1 : 3));
        var warmUp = TimeSpan.FromSeconds(quick ? 1 : 2);
        var sound = true;
        foreach (var target in arguments.Text("targets", "embedded").Split(','))
        {
            sound &= target switch
            {
                "embedded" => await EmbeddedBenchmark.RunAsync(warmUp, length),
                "distributed" => await DistributedBenchmark.RunAsync(warmUp, length, TargetOptions.Of(arguments).StoreDeadline),
                _ => throw new ArgumentException($"No store is called '{target}'.", nameof(arguments)),
            };
        }

        return sound ? 0 : 1;
    }
}
