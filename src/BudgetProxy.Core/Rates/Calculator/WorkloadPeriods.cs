namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>How long the periods of workloads are.</summary>
public static class WorkloadPeriods
{
    public static TimeSpan Length(this WorkloadPeriod period) => period switch
    {
        WorkloadPeriod.Minute => TimeSpan.FromMinutes(1),
        WorkloadPeriod.Hour => TimeSpan.FromHours(1),
        WorkloadPeriod.Day => TimeSpan.FromDays(1),
        WorkloadPeriod.Week => TimeSpan.FromDays(7),
        WorkloadPeriod.Month => TimeSpan.FromDays(30),
        WorkloadPeriod.Year => TimeSpan.FromDays(365),
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Not a period."),
    };
}
