namespace BudgetProxy.Stripe;

/// <summary>What a meter has for a customer in a span of time, as far as Stripe has added it up: it lags behind what it accepted.</summary>
/// <param name="From">Inclusive.</param>
/// <param name="To">Exclusive.</param>
public sealed record EventSummary(decimal Value, DateTimeOffset From, DateTimeOffset To);
