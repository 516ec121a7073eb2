namespace BudgetProxy.Dashboard.Answers;

/// <summary>A store.</summary>
public sealed record StoreView(string Name, bool Ok, decimal? LatencyMs, string? Detail);
