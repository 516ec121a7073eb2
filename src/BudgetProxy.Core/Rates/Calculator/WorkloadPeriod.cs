namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>In what time a workload's requests come, evenly spread.</summary>
public enum WorkloadPeriod
{
    Minute,
    Hour,
    Day,
    Week,

    /// <summary>30 days.</summary>
    Month,

    /// <summary>365 days.</summary>
    Year,
}
