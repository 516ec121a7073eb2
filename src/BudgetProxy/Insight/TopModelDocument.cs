namespace BudgetProxy.Insight;

/// <summary>A model over the days that were asked for.</summary>
public sealed record TopModelDocument(string Provider, string Model, long Requests, string CostUsd);
