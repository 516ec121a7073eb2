namespace BudgetProxy.Dashboard.Answers;

/// <summary>A tenant's spend of the month.</summary>
public sealed record TenantSpendView(string Tenant, string? Name, long Requests, decimal CostUsd, decimal Share);
