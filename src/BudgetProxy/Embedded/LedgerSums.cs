namespace BudgetProxy.Embedded;

/// <summary>What the ledger says that a budget has spent, by counter and slot, up to one of its entries.</summary>
/// <param name="upTo">The last entry that is counted; long.MaxValue = all there are.</param>
internal sealed class LedgerSums(long upTo)
{
    public long UpTo { get; } = upTo;

    public Dictionary<(string Scope, long Slot), (long? Ends, long Spent)> Slots { get; } = [];

    /// <summary>Entries looked at.</summary>
    public int Entries { get; set; }

    public void Add(string scope, long slot, long? ends, long amount)
    {
        Slots.TryGetValue((scope, slot), out var sum);
        Slots[(scope, slot)] = (ends, sum.Spent + amount);
    }
}
