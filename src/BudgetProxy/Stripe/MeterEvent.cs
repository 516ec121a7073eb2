namespace BudgetProxy.Stripe;

/// <summary>One event of a meter.</summary>
/// <param name="Customer">Stripe's id, <c>cus_…</c>.</param>
/// <param name="Value">Micro-dollars, or units; may be negative. Stripe takes 15 digits at most.</param>
/// <param name="Identifier">What Stripe tells a repeat by, for at least 24 hours; at most 100 characters.</param>
/// <param name="Timestamp">Decides the period that it is billed in; whole seconds. From 35 days ago to 5 minutes ahead.</param>
public sealed record MeterEvent(string EventName, string Customer, long Value, string Identifier, DateTimeOffset Timestamp);
