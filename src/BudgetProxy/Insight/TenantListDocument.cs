using BudgetProxy.Admin;

namespace BudgetProxy.Insight;

/// <summary>One page of the tenants.</summary>
/// <param name="Next">What to pass as <c>after</c> to get the next page; null = this is the last.</param>
/// <param name="Total">Tenants that were found, on all pages.</param>
public sealed record TenantListDocument(IReadOnlyList<TenantDocument> Items, string? Next, int Total);
