namespace BudgetProxy.Admin;

/// <summary>What came of a test.</summary>
/// <param name="Delivered">True = the receiver answered 2xx.</param>
/// <param name="Status">What it answered; null = nothing.</param>
/// <param name="Error">Why it was no success; null = it was one.</param>
public sealed record WebhookTestDocument(bool Delivered, int? Status, string? Error, long Milliseconds);
