namespace BudgetProxy.Batches;

/// <summary>How a line of a batch ended.</summary>
public enum LineEnding : byte
{
    /// <summary>No result names it.</summary>
    Missing,

    /// <summary>The provider says what it used.</summary>
    Reported,

    /// <summary>It was answered and nobody can say at what cost: charged at its worst.</summary>
    Presumed,

    /// <summary>It failed, was cancelled or expired: not billed.</summary>
    Released,
}
