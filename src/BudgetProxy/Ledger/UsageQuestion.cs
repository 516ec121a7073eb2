namespace BudgetProxy.Ledger;

/// <summary>Which totals: of these entries, split so.</summary>
/// <param name="FromEntries">True: summed from the entries themselves, whatever has been rolled up of them; to check that.</param>
public sealed record UsageQuestion(LedgerFilter Filter, UsageGroups Groups, bool FromEntries = false)
{
    /// <summary>The only sums to read whole months, days or hours from, which must know what is asked; null = whichever are best. To check them.</summary>
    internal UsageLevel? Level { get; init; }

    /// <summary>True: only entries that correct another, and <see cref="UsageTotal.Requests"/> counts those. The sums don't know them, so they are read themselves.</summary>
    public bool OnlyCorrections { get; init; }
}
