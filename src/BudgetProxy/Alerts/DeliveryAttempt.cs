namespace BudgetProxy.Alerts;

/// <summary>One try to tell somebody.</summary>
/// <param name="At">When it began.</param>
/// <param name="Status">What an HTTP server answered; null = nothing, or it was mail.</param>
/// <param name="Error">Why it was no success; null = it was one.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, int? Status, string? Error, long Milliseconds);
