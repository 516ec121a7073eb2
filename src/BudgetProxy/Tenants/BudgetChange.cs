namespace BudgetProxy.Tenants;

/// <summary>What became of a budget that was to be made or replaced.</summary>
public enum BudgetChange
{
    Made,
    NoSuchTenant,

    /// <summary>It would be new, and the tenant has <see cref="DirectoryRules.MaxBudgetsPerTenant"/> already.</summary>
    TooMany,
}
