namespace BudgetProxy.Insight;

/// <summary>One tenant, over the last seconds.</summary>
public sealed record LiveTenantDocument(string Tenant, string SpendPerSecondUsd, decimal CallsPerSecond, decimal RefusalsPerSecond);
