namespace BudgetProxy.Billing;

/// <summary>A meter that usage is, or was, sent to.</summary>
/// <param name="Unit">charged, cost, tokens or requests; null = it is no longer configured.</param>
/// <param name="Usd">Of all its buckets, to the nano-dollar; 0 for a meter of units.</param>
/// <param name="Value">Σ of their values: micro-dollars, or units.</param>
public sealed record MeterDocument(string EventName, string? Unit, long Buckets, string Usd, long Value);
