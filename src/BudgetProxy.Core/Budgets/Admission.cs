namespace BudgetProxy.Core.Budgets;

/// <summary>Which number must fit for a call to be admitted.</summary>
public enum Admission
{
    /// <summary>The worst case.</summary>
    Strict,

    /// <summary>The worst case, after the output limit was lowered as far as needed.</summary>
    Clamp,

    /// <summary>The learned expectation.</summary>
    Expected,
}
