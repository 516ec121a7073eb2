namespace BudgetProxy.Billing;

/// <summary>The buckets of one state, on all meters.</summary>
/// <param name="Usd">To the nano-dollar.</param>
public sealed record StateDocument(long Buckets, string Usd);
