namespace BudgetProxy.Dashboard.Answers;

/// <summary>A tenant's share of a day.</summary>
public sealed record DayTenantView(DateOnly Day, string Tenant, decimal CostUsd);
