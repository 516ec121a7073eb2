namespace BudgetProxy.Dashboard.Answers;

/// <summary>A user's spend.</summary>
public sealed record UserSpendView(string? User, long Requests, decimal CostUsd);
