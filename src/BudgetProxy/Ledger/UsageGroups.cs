namespace BudgetProxy.Ledger;

/// <summary>What totals can be split by. Flags: several give one row for each combination.</summary>
[Flags]
public enum UsageGroups
{
    None = 0,
    Tenant = 1,
    User = 2,
    Model = 4,

    /// <summary>UTC calendar day of settlement.</summary>
    Day = 8,
    Project = 16,
    Key = 32,
    Provider = 64,

    /// <summary>UTC hour of settlement.</summary>
    Hour = 128,
}
