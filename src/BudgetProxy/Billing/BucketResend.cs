using System.Globalization;
using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>
/// Sends anew what Stripe took, by its own word, and does not have: Stripe throws events away after it took them, and names samples only. It is proven first: by
/// Stripe's sums, in two looks half an hour apart, or in one where Stripe has named the event as thrown away. It goes under a new identifier then.
/// </summary>
public sealed class BucketResend(IBillingStore store, IStripeEventStore events, StripeLink link, TimeProvider clock)
{
    /// <summary>Rejects of one bucket that are looked through.</summary>
    private const int MostRejects = 100;

    private const string Changed = "It has changed meanwhile: look again.";

    private readonly MinuteSums _sums = new(store, link, clock);

    /// <summary>Looks at one that is sent, and where it is proven to be missing has it sent.</summary>
    /// <returns>The bucket, which is pending, or why it is not sent anew.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The stores can't be read or written.</exception>
    public async Task<(Bucket? Renewed, string? Why)> RunAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        if (bucket.State is not (BucketState.Sent or BucketState.Verified))
            return (null, $"Only what is sent can be sent anew, where Stripe has it not; this one is {BillingNames.Of(bucket.State)}.");
        if (bucket is not { Value: not 0, Customer: not null, Stamp: not null })
            return (null, "Its value is 0: there was nothing to send.");
        var now = Now();
        if (now - bucket.SentAt < MinuteSums.Lag)
            return (null, "It was sent less than an hour ago, and Stripe adds up late: what is missing now may still come.");
        var look = await _sums.LookAsync(bucket, cancellationToken);
        if (look.Presence != Presence.Missing)
        {
            if (look.Presence != Presence.NotTold && bucket.MissingAt is not null)
                await store.NoteLookAsync(bucket with { MissingAt = null }, cancellationToken);
            return (null, look.Presence switch
            {
                Presence.NotTold => $"Stripe does not say what it has: {look.Text}",
                Presence.There => $"Stripe has it. {look.Text}.",
                _ => $"It is not proven. {look.Text}.",
            });
        }

        if (!await IsNamedAsync(bucket, reject => reject.Identifier == bucket.Identifier, cancellationToken) && await WaitAsync(bucket, now, cancellationToken) is { } why)
            return (null, why);
        var fresh = Guid.CreateVersion7(now);
        return await events.RenewBucketAsync(bucket.Id, bucket.Revision, fresh, cancellationToken)
            ? (await store.FindAsync(fresh, cancellationToken), null)
            : (null, Changed);
    }

    /// <summary>Looks at one of which Stripe said that it threw it away, and lets it be tried again where its sums don't have it all the same.</summary>
    /// <param name="bucket">A dead one; its identifier is a new one already.</param>
    /// <returns>The bucket: pending, or sent where Stripe's sums have it. Else why it is not tried again.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The stores can't be read or written.</exception>
    public async Task<(Bucket? Retried, string? Why)> RetryAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        var now = Now();
        if (bucket is { Customer: not null, Stamp: not null })
        {
            // Of one that went once, that once was thrown away. Of one that went more often another may have arrived, and not be added up yet.
            if (bucket.Attempts > 1 && now - bucket.LastAttemptAt < MinuteSums.Lag)
                return (null, "It was sent more than once, the last time less than an hour ago, and Stripe adds up late: what is missing now may still come.");
            var look = await _sums.LookAsync(bucket, cancellationToken);
            switch (look.Presence)
            {
                case Presence.NotTold:
                    return (null, $"Whether Stripe has it all the same is not known, and it must not go twice. Stripe does not say what it has: {look.Text}");
                case Presence.Unclear:
                    return (null, $"Whether Stripe has it all the same can't be told, and it must not go twice. {look.Text}. Look at the customer's meter events at Stripe; what is missing put on an invoice by hand, and write it off here.");
                case Presence.There:
                    var sent = bucket with { State = BucketState.Sent, SentAt = now, Cause = null, Error = null, MissingAt = null };
                    return await store.NoteLookAsync(sent, cancellationToken) ? (await store.FindAsync(bucket.Id, cancellationToken), null) : (null, Changed);
                default:
                    // Its id of now is that of the reject that made it dead. One by an idempotency key tells of one request only, of which there may have been others.
                    if (!await IsNamedAsync(bucket, reject => reject.Id == bucket.Id && Bucket.TryParseIdentifier(reject.Identifier, out _), cancellationToken)
                        && await WaitAsync(bucket, now, cancellationToken) is { } why)
                    {
                        return (null, why);
                    }

                    break;
            }
        }

        return await store.RetryAsync(bucket.Id, cancellationToken) ? (await store.FindAsync(bucket.Id, cancellationToken), null) : (null, Changed);
    }

    private async Task<bool> IsNamedAsync(Bucket bucket, Func<StripeReject, bool> isThis, CancellationToken cancellationToken) =>
        (await events.RejectsAsync(new RejectQuery(null, null, null, null, MostRejects) { Bucket = bucket.Id }, cancellationToken)).Any(isThis);

    /// <summary>Keeps that this look did not find it.</summary>
    /// <returns>When to look again; null = an earlier look did not find it either, long enough ago.</returns>
    private async Task<string?> WaitAsync(Bucket bucket, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = bucket.MissingAt ?? now;
        if (now - since >= MinuteSums.BetweenLooks)
            return null;
        if (bucket.MissingAt is null && !await store.NoteLookAsync(bucket with { MissingAt = now }, cancellationToken))
            return Changed;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Stripe's sums don't have it. One look is no proof, since Stripe adds up late: ask again at {(since + MinuteSums.BetweenLooks).AddSeconds(1).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} or later, then it is sent.");
    }

    private DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
}
