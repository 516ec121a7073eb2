using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="After">Where the page shown begins; null = at the start.</param>
public sealed record TenantsModel(Part<ListOf<TenantView>> Tenants, IReadOnlyList<string> Plans, string? Search, string Sort, string? After, FormState? State);
