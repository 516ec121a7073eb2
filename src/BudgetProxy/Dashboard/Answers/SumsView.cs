namespace BudgetProxy.Dashboard.Answers;

/// <summary>Calls and money of a period.</summary>
public sealed record SumsView(long Requests, long Refused, decimal CostUsd, decimal ChargedUsd, long Tokens);
