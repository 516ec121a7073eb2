using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>How a tenant pays, as the directory has it now.</summary>
/// <param name="Customer">The Stripe customer that it is linked to; null = none.</param>
/// <param name="Included">What a month gives free; null = nothing.</param>
/// <param name="Exists">False = the tenant was deleted.</param>
public sealed record BillingTerms(string? Customer, Included? Included, bool Exists)
{
    public static BillingTerms Of(DirectorySnapshot directory, string tenant) => directory.FindTenant(tenant) is { } found
        ? new BillingTerms(string.IsNullOrEmpty(found.StripeCustomerId) ? null : found.StripeCustomerId, found.Terms?.Included, true)
        : new BillingTerms(null, null, false);
}
