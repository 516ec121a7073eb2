namespace BudgetProxy.Insight;

/// <summary>A tenant's day, UTC.</summary>
/// <param name="Tenant"><c>other</c> = all that are not among the dearest.</param>
public sealed record TenantDayDocument(string Day, string Tenant, string CostUsd);
