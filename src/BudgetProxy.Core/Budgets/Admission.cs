namespace BudgetProxy.Core.Budgets;

/// <summary>Which number must fit for a call to be admitted.</summary>
public enum Admission
{
    /// <summary>The worst case.</summary>
    Strict,

    /// <summary>The worst case, after the output limit was lowered as far as needed, though not below what <see cref="Requests.OutputLimitText"/> leaves.</summary>
    Clamp,

    /// <summary>The learned expectation, which is also all that is held; what a call costs above it is booked as an overrun.</summary>
    Expected,
}
