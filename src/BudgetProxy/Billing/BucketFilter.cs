namespace BudgetProxy.Billing;

/// <summary>Which buckets; null = any. They come ordered by tenant, meter, hour and number.</summary>
/// <param name="From">Inclusive, by <paramref name="By"/>.</param>
/// <param name="To">Exclusive.</param>
/// <param name="After">Only those that follow this one in the order.</param>
/// <param name="Most">So many at most; null = all.</param>
public sealed record BucketFilter(
    string? Tenant = null, string? Meter = null, BucketState? State = null, DateTimeOffset? From = null, DateTimeOffset? To = null,
    BucketTime By = BucketTime.Hour, BucketKey? After = null, int? Most = null)
{
    /// <summary>Only those that were sent for this customer; null = any.</summary>
    public string? Customer { get; init; }
}
