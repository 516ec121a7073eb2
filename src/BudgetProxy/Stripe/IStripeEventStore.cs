using BudgetProxy.Reservations;

namespace BudgetProxy.Stripe;

/// <summary>
/// Where events of Stripe and what they told are kept, by all proxies together. Durable when a method returns. Every method may throw
/// <see cref="StoreUnavailableException"/> and nothing else but cancellation.
/// </summary>
public interface IStripeEventStore
{
    /// <summary>Keeps an event; false = it was kept before.</summary>
    ValueTask<bool> AddAsync(StripeNotice notice, CancellationToken cancellationToken);

    /// <summary>Takes pending events that are due, longest due first: nobody else is at them until then, or until they are ended.</summary>
    ValueTask<IReadOnlyList<StripeNotice>> ClaimAsync(int most, Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>
    /// Writes down how an attempt ended, with what it told, in one step. A bucket whose event was thrown away is dead from then on, with a new id and thereby a new
    /// identifier: under the old one Stripe would take a repeat for the event that it has thrown away.
    /// </summary>
    /// <param name="notice">As it now stands.</param>
    /// <param name="rejects">
    /// Their tenants, and the buckets' ids of now, are found here, also by an id that a bucket had before: then it was dealt with, and is only named. A bucket that
    /// there is not is left out; one that was never sent stays as it is.
    /// </param>
    /// <returns>False = another has taken it over, and nothing was written.</returns>
    ValueTask<bool> EndAsync(StripeNotice notice, IReadOnlyList<StripeReject> rejects, Guid owner, CancellationToken cancellationToken);

    /// <summary>Has a bucket that is sent sent anew, under a new id; where it is still as it was.</summary>
    /// <param name="revision">Of its row, when it was looked at.</param>
    /// <returns>False = it has changed since.</returns>
    ValueTask<bool> RenewBucketAsync(Guid bucket, long revision, Guid fresh, CancellationToken cancellationToken);

    /// <summary>Newest first.</summary>
    ValueTask<IReadOnlyList<StripeReject>> RejectsAsync(RejectQuery query, CancellationToken cancellationToken);

    /// <summary>Deletes events, and what they told, from before an instant; some hundreds at a time. Pending events stay.</summary>
    /// <returns>True = there may be more.</returns>
    ValueTask<bool> ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken);
}
