namespace BudgetProxy.Benchmarks.Servers;

/// <summary>The outbox under a load.</summary>
/// <param name="Longest">Most entries that were seen in it.</param>
/// <param name="Emptied">How long after the load it was empty.</param>
internal readonly record struct OutboxRun(long Longest, TimeSpan Emptied)
{
    /// <summary>The worst of several.</summary>
    public static OutboxRun Worst(IReadOnlyList<OutboxRun> runs) =>
        new(runs.Max(run => run.Longest), runs.Max(run => run.Emptied));
}
