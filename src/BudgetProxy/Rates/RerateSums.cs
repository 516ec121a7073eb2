using BudgetProxy.Core.Money;

namespace BudgetProxy.Rates;

/// <summary>What re-rating comes to, for all entries looked at or for a group of them.</summary>
public sealed class RerateSums
{
    /// <summary>First entries looked at; corrections count with the entry that they correct.</summary>
    public long Entries { get; private set; }

    /// <summary>Those that cost something else now.</summary>
    public long Changed { get; private set; }

    public NanoUsd CostBefore { get; private set; }

    public NanoUsd CostAfter { get; private set; }

    public NanoUsd ChargedBefore { get; private set; }

    public NanoUsd ChargedAfter { get; private set; }

    internal void Add(EntryRepricing entry)
    {
        Entries++;
        CostBefore += entry.Booked;
        CostAfter += entry.Booked;
        ChargedBefore += entry.BookedCharge;
        ChargedAfter += entry.BookedCharge;
        if (entry.Correction is not { } correction)
            return;
        Changed++;
        CostAfter += correction.Cost;
        ChargedAfter += correction.Charged;
    }
}
