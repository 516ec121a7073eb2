using BudgetProxy.Benchmarks.Servers;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>One run against one target.</summary>
/// <param name="CpuPerCall">User and system time.</param>
/// <param name="WorkingSet">MiB of the target's processes after the run, without Redis and Postgres.</param>
/// <param name="Outbox">Null = the target has none.</param>
internal sealed record Measurement(LoadResult Load, CpuTimes CpuPerCall, long WorkingSet, OutboxRun? Outbox)
{
    /// <summary>Each figure's median over the rounds; of the outbox the worst.</summary>
    public static Measurement Median(IReadOnlyList<Measurement> rounds) => new(
        new LoadResult(
            Middle(rounds, round => round.Load.CallsPerSecond),
            Middle(rounds, round => round.Load.P50),
            Middle(rounds, round => round.Load.P99),
            Middle(rounds, round => round.Load.AllCalls),
            null),
        new CpuTimes(
            Middle(rounds, round => round.CpuPerCall.Servers),
            Middle(rounds, round => round.CpuPerCall.Redis),
            Middle(rounds, round => round.CpuPerCall.Postgres)),
        Middle(rounds, round => round.WorkingSet),
        rounds[0].Outbox is null ? null : OutboxRun.Worst([.. rounds.Select(round => round.Outbox!.Value)]));

    private static T Middle<T>(IReadOnlyList<Measurement> rounds, Func<Measurement, T> figure) =>
        rounds.Select(figure).Order().ElementAt(rounds.Count / 2);
}
