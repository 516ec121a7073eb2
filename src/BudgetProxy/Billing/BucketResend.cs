using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>
/// Sends anew what Stripe took, by its own word, and does not have: Stripe throws events away after it took them, and names samples only. It is proven first, by the
/// sum of the bucket's customer, meter and minute: that must be exactly what all others of that minute come to. It goes under a new identifier then.
/// </summary>
public sealed class BucketResend(IBillingStore store, IStripeEventStore events, StripeLink link, TimeProvider clock)
{
    /// <summary>Stripe adds up late: before this nothing is proven.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromHours(1);

    /// <summary>Looks, and where it is proven has it sent.</summary>
    /// <returns>The bucket, which is pending, or why it is not sent anew.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The stores can't be read or written.</exception>
    public async Task<(Bucket? Renewed, string? Why)> RunAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        if (bucket.State is not (BucketState.Sent or BucketState.Verified))
            return (null, $"Only what is sent can be sent anew, where Stripe has it not; this one is {BillingNames.Of(bucket.State)}.");
        if (bucket is not { Value: not 0, Customer: not null, Stamp: { } stamp })
            return (null, "Its value is 0: there was nothing to send.");
        var now = clock.GetUtcNow();
        if (now - bucket.SentAt < Lag)
            return (null, "It was sent less than an hour ago, and Stripe adds up late: what is missing now may still come.");
        var minute = DateTimeOffset.FromUnixTimeSeconds(stamp.ToUnixTimeSeconds() / 60 * 60);
        var (sum, reply) = await link.SumAsync(bucket.Meter, bucket.Customer, minute, cancellationToken);
        if (sum is null)
            return (null, $"Stripe does not say what it has: {reply.Message}");
        var (known, others) = await BucketComparison.KnownAsync(store, bucket, minute, cancellationToken);
        if (others)
            return (null, "Of another bucket of the same minute it is not known whether Stripe has it: that one first.");
        if (sum != known)
            return (null, sum == known + bucket.Value ? $"Stripe has it: its sum of that minute is {sum}." : $"It is not proven: Stripe's sum of that minute is {sum}; without this bucket it should be {known}, with it {known + bucket.Value}.");
        var fresh = Guid.CreateVersion7(now);
        return await events.RenewBucketAsync(bucket.Id, bucket.Revision, fresh, cancellationToken)
            ? (await store.FindAsync(fresh, cancellationToken), null)
            : (null, "It has changed meanwhile: look again.");
    }
}
