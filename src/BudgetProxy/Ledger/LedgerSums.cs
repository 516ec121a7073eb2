namespace BudgetProxy.Ledger;

/// <summary>What the ledger says that a budget has spent, by counter and slot.</summary>
/// <param name="upTo">The sequence of the last entry that is counted, for whoever counts on from there; long.MaxValue = all there are.</param>
internal sealed class LedgerSums(long upTo = long.MaxValue)
{
    public long UpTo { get; } = upTo;

    /// <summary>By scope value and the slot's start in Unix milliseconds: when the slot ends (null = never), and its sum by the budget's limit kind.</summary>
    public Dictionary<(string Scope, long Slot), (long? Ends, long Spent)> Slots { get; } = [];

    /// <summary>Entries looked at.</summary>
    public int Entries { get; set; }

    public void Add(string scope, long slot, long? ends, long amount)
    {
        Slots.TryGetValue((scope, slot), out var sum);
        Slots[(scope, slot)] = (ends, sum.Spent + amount);
    }
}
