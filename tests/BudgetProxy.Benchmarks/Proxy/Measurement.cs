namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>One run against one target.</summary>
/// <param name="CpuPerCall">User and system time of the target's process.</param>
/// <param name="WorkingSet">MiB after the run.</param>
internal sealed record Measurement(LoadResult Load, TimeSpan CpuPerCall, long WorkingSet)
{
    /// <summary>Each figure's median over the rounds.</summary>
    public static Measurement Median(IReadOnlyList<Measurement> rounds) => new(
        new LoadResult(
            Middle(rounds, round => round.Load.CallsPerSecond),
            Middle(rounds, round => round.Load.P50),
            Middle(rounds, round => round.Load.P99),
            Middle(rounds, round => round.Load.AllCalls),
            null),
        Middle(rounds, round => round.CpuPerCall),
        Middle(rounds, round => round.WorkingSet));

    private static T Middle<T>(IReadOnlyList<Measurement> rounds, Func<Measurement, T> figure) =>
        rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
}
