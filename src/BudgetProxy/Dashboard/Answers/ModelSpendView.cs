namespace BudgetProxy.Dashboard.Answers;

/// <summary>A model's spend.</summary>
public sealed record ModelSpendView(string Provider, string Model, long Requests, decimal CostUsd);
