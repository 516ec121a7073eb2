using System.Globalization;
using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>
/// Finds out, from Stripe's own sums, whether a bucket has arrived whose outcome is unknown for so long that Stripe would no more tell a repeat by its identifier.
/// The sum of its customer, meter and minute must be exactly that of what is known to be there, with it or without it; anything else is a person's to look at.
/// That it is not there is believed when two looks say so, half an hour apart, since Stripe adds up late.
/// </summary>
internal sealed class BucketComparison(IBillingStore store, StripeLink link, TimeProvider clock)
{
    /// <summary>After the last attempt, before Stripe's sums are looked at.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromHours(1);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(30);

    /// <summary>When a bucket was first not found.</summary>
    private readonly Dictionary<Guid, DateTimeOffset> _missing = [];

    /// <returns>The bucket as it is to be written.</returns>
    public async Task<Bucket> CompareAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var unknown = bucket with { State = BucketState.Unknown, Cause = null };
        if (now - bucket.LastAttemptAt < Lag)
            return unknown with { NextAt = bucket.LastAttemptAt + Lag };
        var stamp = bucket.Stamp!.Value.ToUnixTimeSeconds();
        var minute = DateTimeOffset.FromUnixTimeSeconds(stamp - (stamp % 60));
        var (sum, reply) = await link.SumAsync(bucket.Meter, bucket.Customer!, minute, cancellationToken);
        // A customer that Stripe does not know has no events.
        if (reply.Outcome == StripeOutcome.NoCustomer)
            sum = 0;
        if (sum is null)
            return unknown with { NextAt = now + Backoff.After(bucket.Attempts, reply.RetryAfter), Error = $"Whether it arrived is not known yet: {reply.Message}" };
        return await JudgeAsync(unknown, minute, sum.Value, now, cancellationToken);
    }

    /// <summary>What of a bucket's customer, meter and minute is known to be at Stripe without it; and whether there is more of which that is not known.</summary>
    public static async Task<(long Known, bool Others)> KnownAsync(IBillingStore store, Bucket bucket, DateTimeOffset minute, CancellationToken cancellationToken)
    {
        long known = 0;
        var others = false;
        await foreach (var one in store.BucketsAsync(new BucketFilter(Meter: bucket.Meter, From: minute, To: minute.AddMinutes(1), By: BucketTime.Stamp), cancellationToken))
        {
            if (one.Customer != bucket.Customer || one.Id == bucket.Id)
                continue;
            if (one.State is BucketState.Sent or BucketState.Verified)
                known += one.Value;
            else
                others |= one.FirstAttemptAt is not null;
        }

        return (known, others);
    }

    private async Task<Bucket> JudgeAsync(Bucket bucket, DateTimeOffset minute, decimal sum, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (known, others) = await KnownAsync(store, bucket, minute, cancellationToken);
        if (!others && sum == known + (decimal)bucket.Value)
        {
            _missing.Remove(bucket.Id);
            return bucket with { State = BucketState.Sent, SentAt = now, NextAt = null, Error = null };
        }

        if (!others && sum == known)
            return Missing(bucket, now);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"Stripe's sum of the minute {minute:yyyy-MM-dd'T'HH:mm'Z'} is {sum}; without this bucket it should be {known}, with it {known + bucket.Value}. Look at the customer's meter events at Stripe, then retry or write off.");
        return bucket with { State = BucketState.Parked, Cause = ParkCause.Drift, NextAt = null, Error = text };
    }

    private Bucket Missing(Bucket bucket, DateTimeOffset now)
    {
        if (!_missing.TryGetValue(bucket.Id, out var since))
            _missing[bucket.Id] = since = now;
        if (now - since < BetweenLooks)
            return bucket with { NextAt = since + BetweenLooks, Error = "Stripe's sums don't have it; looked at again before it is sent." };
        _missing.Remove(bucket.Id);
        // It goes as if for the first time: under a new key, with the stamp and the customer of now.
        return bucket with { State = BucketState.Pending, FirstAttemptAt = null, Generation = bucket.Generation + 1, NextAt = null, Error = null };
    }
}
