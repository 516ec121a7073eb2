namespace BudgetProxy.Stripe;

/// <summary>A price at Stripe, which can't be changed once it is made.</summary>
/// <param name="UnitCents">Cents of its currency for one unit; null = it has tiers.</param>
/// <param name="Meter">Stripe's id of the meter that it bills by; null = none.</param>
public sealed record StripePrice(
    string Id, bool IsActive, string Product, string Currency, decimal? UnitCents, string Scheme, string? UsageType, string? Interval, long IntervalCount, string? Meter);
