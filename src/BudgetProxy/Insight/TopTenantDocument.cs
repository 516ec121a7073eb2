namespace BudgetProxy.Insight;

/// <summary>One of the dearest tenants of the month.</summary>
/// <param name="Name">Null = it has none, or is deleted.</param>
/// <param name="Share">Of all tenants' cost, 0 to 1.</param>
public sealed record TopTenantDocument(string Tenant, string? Name, long Requests, string CostUsd, decimal Share);
