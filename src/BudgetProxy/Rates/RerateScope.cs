using BudgetProxy.Ledger;

namespace BudgetProxy.Rates;

/// <summary>Which entries are priced again.</summary>
/// <param name="From">Of settlement, inclusive.</param>
/// <param name="To">Of settlement, exclusive; not in the future, so that what was shown is what there is.</param>
/// <param name="Model">As the calls asked for it; null = any.</param>
public sealed record RerateScope(DateTimeOffset From, DateTimeOffset To, string? Tenant = null, string? Provider = null, string? Model = null)
{
    internal LedgerFilter Filter => new(Tenant, Model: Model, From: From, To: To);
}
