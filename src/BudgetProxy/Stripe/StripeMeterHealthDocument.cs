namespace BudgetProxy.Stripe;

/// <summary>One of the configured meters, as Stripe has it.</summary>
/// <param name="State"><c>active</c>, <c>missing</c>, <c>inactive</c> or <c>differs</c>.</param>
/// <param name="Detail">What differs; null = nothing.</param>
public sealed record StripeMeterHealthDocument(string EventName, string State, string? Detail);
