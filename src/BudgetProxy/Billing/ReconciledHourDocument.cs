using BudgetProxy.Admin;

namespace BudgetProxy.Billing;

/// <summary>An hour that differs.</summary>
/// <param name="Hour">Its first instant, by the events' timestamps.</param>
/// <param name="Buckets">Those stamped in it, at most 100; what would explain the difference first.</param>
public sealed record ReconciledHourDocument(string Hour, long SentMicroUsd, decimal StripeMicroUsd, decimal DriftMicroUsd, IReadOnlyList<ReconciledBucketDocument> Buckets)
{
    public static ReconciledHourDocument Of(ReconciledHour hour) => new(
        Names.Of(hour.Hour), hour.Sent, ReconciledDayDocument.Plain(hour.Stripe), ReconciledDayDocument.Plain(hour.Drift), [.. hour.Buckets.Select(bucket => ReconciledBucketDocument.Of(bucket, hour))]);
}
