using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>What an answer of Stripe's means for the bucket that was sent. Pure: it writes nothing.</summary>
internal static class BucketOutcomes
{
    /// <summary>What an operator mends is asked again after this, and at once when what was wrong has changed.</summary>
    private static readonly TimeSpan ParkedRepeat = TimeSpan.FromHours(1);

    /// <summary>A missing meter holds up everybody, so it is looked for more often.</summary>
    private static readonly TimeSpan MeterRepeat = TimeSpan.FromMinutes(5);

    /// <param name="before">As it was before this attempt.</param>
    /// <param name="sending">As it was written before the first byte.</param>
    public static Bucket Of(Bucket before, Bucket sending, StripeReply reply, DateTimeOffset now) => reply.Outcome switch
    {
        StripeOutcome.Done or StripeOutcome.Duplicate => sending with { State = BucketState.Sent, SentAt = now, NextAt = null, Error = null, Cause = null, MissingAt = null },
        StripeOutcome.Busy => Unmoved(before, sending) with { NextAt = now + Backoff.After(sending.Attempts, reply.RetryAfter), Error = Text(reply) },
        StripeOutcome.Unknown => sending with
        {
            State = BucketState.Unknown,
            NextAt = now + Backoff.After(sending.Attempts, reply.RetryAfter),
            // A stored answer would be given again for ever: under a new key Stripe looks anew, and by the identifier finds what it has.
            Generation = reply.Replayed ? sending.Generation + 1 : sending.Generation,
            Error = Text(reply),
        },
        StripeOutcome.BadValue => Unmoved(before, sending) with { State = BucketState.Dead, NextAt = null, Error = Text(reply) },
        StripeOutcome.NoMeter => Parked(before, sending, ParkCause.Meter, now + MeterRepeat, reply),
        StripeOutcome.NoCustomer => Parked(before, sending, ParkCause.Customer, now + ParkedRepeat, reply),
        StripeOutcome.BadTimestamp => Parked(before, sending, ParkCause.Refused, now + MeterRepeat, reply),
        StripeOutcome.Unauthorised => Untried(before, sending),
        _ => Parked(before, sending, ParkCause.Refused, now + ParkedRepeat, reply),
    };

    /// <summary>As if it had not been tried, for what was never sent or was turned away at the door.</summary>
    public static Bucket Untried(Bucket before, Bucket sending) => before with { Revision = sending.Revision };

    /// <summary>For certain this attempt did not arrive. An earlier one of which that is not known still may have.</summary>
    private static Bucket Unmoved(Bucket before, Bucket sending) => sending with
    {
        State = before.FirstAttemptAt is null ? BucketState.Pending : BucketState.Unknown,
        FirstAttemptAt = before.FirstAttemptAt,
    };

    private static Bucket Parked(Bucket before, Bucket sending, ParkCause cause, DateTimeOffset next, StripeReply reply) => Unmoved(before, sending) with
    {
        State = BucketState.Parked,
        Cause = cause,
        NextAt = next,
        // The refusal is stored with the key, and would be repeated.
        Generation = sending.Generation + 1,
        Error = Text(reply),
    };

    private static string Text(StripeReply reply) =>
        (reply.Status > 0 ? $"{reply.Status}: " : "") + (reply.Message ?? "no reason given") + (reply.RequestId is { } id ? $" ({id})" : "");
}
