namespace BudgetProxy.Insight;

/// <summary>One of the stores.</summary>
/// <param name="Name"><c>sqlite</c>, <c>redis</c> or <c>postgres</c>.</param>
public sealed record StoreHealthDocument(string Name, bool Ok, decimal LatencyMs, string Detail);
