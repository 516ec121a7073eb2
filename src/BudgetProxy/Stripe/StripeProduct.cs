namespace BudgetProxy.Stripe;

/// <summary>A product at Stripe.</summary>
public sealed record StripeProduct(string Id, bool IsActive);
