namespace BudgetProxy.Dashboard.Answers;

/// <summary>What was reserved against what it cost.</summary>
public sealed record EstimatesView(long Calls, decimal ReservedUsd, decimal CostUsd, decimal OverrunUsd, long Overruns);
