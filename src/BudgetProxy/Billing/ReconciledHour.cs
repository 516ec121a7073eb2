namespace BudgetProxy.Billing;

/// <summary>An hour in which Stripe's sum is not ours.</summary>
/// <param name="Hour">Its first instant, by the events' timestamps.</param>
/// <param name="Sent">Value of the buckets that are sent, by our books.</param>
/// <param name="Stripe">What Stripe has.</param>
/// <param name="Buckets">Those stamped in it; the ones whose value is the difference first.</param>
public sealed record ReconciledHour(DateTimeOffset Hour, long Sent, decimal Stripe, IReadOnlyList<Bucket> Buckets)
{
    public decimal Drift => Stripe - Sent;

    /// <summary>True: this one alone would explain the difference: it was counted twice, or not at all.</summary>
    public bool Explains(Bucket bucket) => Drift != 0 && Math.Abs(Drift) == Math.Abs((decimal)bucket.Value);
}
