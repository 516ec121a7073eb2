using BudgetProxy.Admin;

namespace BudgetProxy.Billing;

/// <summary>A bucket of an hour that differs.</summary>
/// <param name="Identifier">What Stripe knows it by.</param>
/// <param name="Hour">First instant of the UTC hour in which its usage was settled.</param>
/// <param name="Stamp">The event's timestamp; null = it has none yet.</param>
/// <param name="State">As in <c>/exports/stripe/buckets</c>.</param>
/// <param name="Value">What its event carries.</param>
/// <param name="Explains">True: its value is the whole difference of the hour.</param>
public sealed record ReconciledBucketDocument(Guid Id, string Identifier, string Tenant, string Hour, string? Stamp, string State, long Value, bool Explains)
{
    public static ReconciledBucketDocument Of(Bucket bucket, ReconciledHour hour) => new(
        bucket.Id, bucket.Identifier, bucket.Tenant, Names.Of(bucket.Hour), bucket.Stamp is { } stamp ? Names.Of(stamp) : null, BillingNames.Of(bucket.State), bucket.Value,
        hour.Explains(bucket));
}
