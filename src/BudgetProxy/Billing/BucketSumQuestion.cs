namespace BudgetProxy.Billing;

/// <summary>Which buckets to sum; null = any.</summary>
/// <param name="From">Inclusive, by <paramref name="By"/>.</param>
/// <param name="To">Exclusive.</param>
/// <param name="By">Also what the days are of.</param>
public sealed record BucketSumQuestion(
    string? Tenant = null, string? Meter = null, DateTimeOffset? From = null, DateTimeOffset? To = null, BucketTime By = BucketTime.Hour);
