namespace BudgetProxy.Admin;

/// <summary>One try of a delivery.</summary>
/// <param name="Status">What an HTTP server answered; null = nothing, or it was mail.</param>
/// <param name="Error">Null = it was a success.</param>
public sealed record AttemptDocument(string At, int? Status, string? Error, long Milliseconds);
