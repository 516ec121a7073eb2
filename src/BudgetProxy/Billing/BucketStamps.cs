namespace BudgetProxy.Billing;

/// <summary>Which timestamp a bucket's event has: it decides the period that Stripe bills it in.</summary>
internal static class BucketStamps
{
    /// <summary>The last whole second of the slice: when it was cut, or the end of its hour.</summary>
    public static DateTimeOffset Natural(Bucket bucket)
    {
        var last = bucket.Hour.AddHours(1).AddSeconds(-1);
        var cut = BillingTimes.Second(bucket.CutAt);
        return cut < bucket.Hour ? bucket.Hour : cut < last ? cut : last;
    }

    /// <summary>
    /// The stamp to send it with: its own, or, once its hour is over for longer than <paramref name="grace"/>, that of now, since the invoice of its own period may
    /// be final. What may have arrived keeps the stamp that it was sent with.
    /// </summary>
    public static DateTimeOffset Of(Bucket bucket, DateTimeOffset now, TimeSpan grace)
    {
        if (bucket is { FirstAttemptAt: not null, Stamp: { } sentWith })
            return sentWith;
        return now <= bucket.Hour.AddHours(1) + grace ? Natural(bucket) : BillingTimes.Second(now);
    }
}
