namespace BudgetProxy.Insight;

/// <summary>One of a tenant's dearest users of the month.</summary>
/// <param name="User">Null = calls that named none.</param>
public sealed record TopUserDocument(string? User, long Requests, string CostUsd);
