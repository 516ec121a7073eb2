namespace BudgetProxy.Rates;

/// <summary>What the rates say of an entry that was booked before.</summary>
public enum RerateVerdict
{
    /// <summary>It costs what it was booked at: by the same row, or by another that comes to the same, or it was corrected already.</summary>
    Same,

    /// <summary>It costs something else.</summary>
    Changed,

    /// <summary>
    /// What it was priced at is not known well enough: the tier was not kept, and tiers that fit what was booked would now cost differently; or no row priced it.
    /// </summary>
    PriceUnknown,

    /// <summary>The markup was not kept, and the entry's figures allow several.</summary>
    MarkupUnknown,
}
