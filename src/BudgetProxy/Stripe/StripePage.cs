namespace BudgetProxy.Stripe;

/// <summary>A page of one of Stripe's lists.</summary>
/// <param name="Next">The id that the next page begins after; null = this is the last.</param>
internal sealed record StripePage<T>(IReadOnlyList<T> Items, string? Next);
