namespace BudgetProxy.Stripe;

/// <summary>Errors of one code, some of which are named.</summary>
/// <param name="Count">All of the code; at least the number of samples.</param>
/// <param name="Samples">Message and, where Stripe gives it, the meter event's identifier.</param>
public sealed record StripeErrorKind(string Code, long Count, IReadOnlyList<(string Message, string? Identifier)> Samples);
