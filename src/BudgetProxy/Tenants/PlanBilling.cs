namespace BudgetProxy.Tenants;

/// <summary>How the tenants of a plan pay.</summary>
public enum PlanBilling
{
    /// <summary>Afterwards, for what they used.</summary>
    Metered,

    /// <summary>Before: usage takes from what was topped up, and is not billed again.</summary>
    Prepaid,
}
