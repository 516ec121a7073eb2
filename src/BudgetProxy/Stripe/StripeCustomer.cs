namespace BudgetProxy.Stripe;

/// <summary>A customer at Stripe.</summary>
/// <param name="Tenant">What stands in its metadata as <c>tenant_id</c>; null = nothing.</param>
public sealed record StripeCustomer(string Id, string? Tenant, bool IsDeleted);
