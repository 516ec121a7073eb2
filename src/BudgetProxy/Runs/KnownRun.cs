namespace BudgetProxy.Runs;

/// <summary>What is known of a run.</summary>
/// <param name="run">Null = it has no limit.</param>
internal sealed class KnownRun(Run? run, long usedAt)
{
    private long _usedAt = usedAt;

    public Run? Run => run;

    /// <summary>Timestamp of the last call that named it.</summary>
    public long UsedAt => Volatile.Read(ref _usedAt);

    public void Use(long now) => Volatile.Write(ref _usedAt, now);
}
