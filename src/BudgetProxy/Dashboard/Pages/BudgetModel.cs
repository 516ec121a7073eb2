using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="Budget">As it stands; null = a new one.</param>
/// <param name="KeepsCredit">Whether it keeps the tenant's prepaid credit.</param>
/// <param name="Version">Its definition's, that a change is based on; empty = a new one.</param>
public sealed record BudgetModel(TenantView Tenant, BudgetView? Budget, bool KeepsCredit, string Version, FormState? State);
