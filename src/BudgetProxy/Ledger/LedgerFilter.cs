namespace BudgetProxy.Ledger;

/// <summary>Which entries; null = any. Times bound <c>SettledAt</c>: from inclusive, to exclusive.</summary>
public sealed record LedgerFilter(
    string? Tenant = null, string? User = null, string? Project = null, string? Model = null, DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    /// <summary>True: only what was taken from prepaid credit; false: only what was not; null = both.</summary>
    public bool? Prepaid { get; init; }

    /// <summary><see cref="From"/> in Unix milliseconds: entries stand on whole ones, so a bound between two is the next.</summary>
    internal long? FromMilliseconds => CeilingMilliseconds(From);

    /// <summary><see cref="To"/> likewise.</summary>
    internal long? ToMilliseconds => CeilingMilliseconds(To);

    private static long? CeilingMilliseconds(DateTimeOffset? instant) => instant is { } bound
        ? bound.ToUnixTimeMilliseconds() + (bound.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1)
        : null;
}
