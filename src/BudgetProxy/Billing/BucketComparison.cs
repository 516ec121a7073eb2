namespace BudgetProxy.Billing;

/// <summary>
/// Finds out, from Stripe's own sums, whether a bucket has arrived whose outcome is unknown for so long that Stripe would no more tell a repeat by its identifier.
/// That it is not there is believed when two looks say so; what the sums don't tell is a person's to look at.
/// </summary>
internal sealed class BucketComparison(IBillingStore store, StripeLink link, TimeProvider clock)
{
    private readonly MinuteSums _sums = new(store, link, clock);

    /// <returns>The bucket as it is to be written.</returns>
    public async Task<Bucket> CompareAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var unknown = bucket with { State = BucketState.Unknown, Cause = null };
        if (now - bucket.LastAttemptAt < MinuteSums.Lag)
            return unknown with { NextAt = bucket.LastAttemptAt + MinuteSums.Lag };
        var look = await _sums.LookAsync(bucket, cancellationToken);
        return look.Presence switch
        {
            Presence.NotTold => unknown with { NextAt = now + Backoff.After(bucket.Attempts, look.Reply.RetryAfter), Error = $"Whether it arrived is not known yet: {look.Text}" },
            Presence.There => unknown with { State = BucketState.Sent, SentAt = now, NextAt = null, Error = null, MissingAt = null },
            Presence.Missing => Missing(unknown, now),
            _ => unknown with
            {
                State = BucketState.Parked,
                Cause = ParkCause.Drift,
                NextAt = null,
                MissingAt = null,
                Error = look.Text + ". Look at the customer's meter events at Stripe, then retry or write off.",
            },
        };
    }

    private static Bucket Missing(Bucket bucket, DateTimeOffset now)
    {
        var since = bucket.MissingAt ?? now;
        if (now - since < MinuteSums.BetweenLooks)
            return bucket with { MissingAt = since, NextAt = since + MinuteSums.BetweenLooks, Error = "Stripe's sums don't have it; looked at again before it is sent." };
        // It goes as if for the first time: under a new key, with the stamp and the customer of now.
        return bucket with { State = BucketState.Pending, FirstAttemptAt = null, Generation = bucket.Generation + 1, NextAt = null, Error = null, MissingAt = null };
    }
}
