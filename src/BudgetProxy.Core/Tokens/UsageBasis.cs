namespace BudgetProxy.Core.Tokens;

/// <summary>Where a usage comes from; every ledger entry says it.</summary>
public enum UsageBasis
{
    /// <summary>Counted before the call.</summary>
    Estimated,

    /// <summary>The provider's own usage object.</summary>
    Reported,

    /// <summary>Counted by us from what passed: a cut stream.</summary>
    Counted,

    /// <summary>The reserved worst case: nobody can say what was used.</summary>
    Presumed,
}
