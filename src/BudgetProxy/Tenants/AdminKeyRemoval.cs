namespace BudgetProxy.Tenants;

/// <summary>What became of the wish to remove an admin key.</summary>
public enum AdminKeyRemoval
{
    Removed,

    Unknown,

    /// <summary>It stands in the configuration; only there can it be taken out.</summary>
    Configured,

    /// <summary>It is the last one with the role admin: without it nobody could make another.</summary>
    LastAdmin,
}
