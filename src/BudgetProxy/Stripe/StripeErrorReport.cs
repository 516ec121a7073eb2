namespace BudgetProxy.Stripe;

/// <summary>What Stripe tells of errors of a meter, within a span of time.</summary>
/// <param name="Meter">Stripe's id; null = no meter was found.</param>
/// <param name="From">When Stripe looked at what it tells of, inclusive; null = it does not say.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Count">All errors; null = it does not say.</param>
public sealed record StripeErrorReport(string? Meter, DateTimeOffset? From, DateTimeOffset? To, long? Count, IReadOnlyList<StripeErrorKind> Kinds);
