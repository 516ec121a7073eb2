namespace BudgetProxy.Dashboard.Answers;

/// <summary>An hour.</summary>
public sealed record HourView(DateTimeOffset Hour, long Requests, long Refused, decimal CostUsd);
