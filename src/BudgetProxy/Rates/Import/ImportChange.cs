namespace BudgetProxy.Rates.Import;

/// <summary>What an import does about one model.</summary>
public enum ImportChange
{
    New,
    Changed,
    Unchanged,

    /// <summary>Not ours to price: the reason says why.</summary>
    Skipped,

    /// <summary>Can't be read: the reason says why.</summary>
    Invalid,
}
