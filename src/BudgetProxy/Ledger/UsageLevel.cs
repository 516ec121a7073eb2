namespace BudgetProxy.Ledger;

/// <summary>The sums that are kept of the ledger. Few, since every entry is added to each: they are what is asked for.</summary>
internal enum UsageLevel
{
    /// <summary>Hour, provider, model; all tenants' together.</summary>
    Hours,

    /// <summary>Tenant, day, provider, model.</summary>
    TenantDays,

    /// <summary>Tenant, hour, whether it was paid before: what bills are cut from.</summary>
    TenantHours,

    /// <summary>Month, tenant.</summary>
    TenantMonths,

    /// <summary>Tenant, month, and all that totals can be asked by.</summary>
    Months,
}
