using System.Globalization;
using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>
/// Tells from Stripe's own sum of a bucket's customer, meter and minute whether Stripe has it. What is known to be there is taken off the sum; what is left must be
/// made of those of which it is not known, this one among them: if every choice of them that comes to it has this one it is there, if none has it it is missing.
/// </summary>
internal sealed class MinuteSums(IBillingStore store, StripeLink link, TimeProvider clock)
{
    /// <summary>Stripe adds up late: so long after it was sent last nothing is told from its sums.</summary>
    public static readonly TimeSpan Lag = TimeSpan.FromHours(1);

    /// <summary>That something is missing is believed when two looks say so, this far apart.</summary>
    public static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(30);

    /// <summary>Others that are in doubt, of which all choices are tried.</summary>
    private const int MostOthers = 16;

    /// <param name="bucket">One that was sent, so that it has a customer and a stamp.</param>
    /// <exception cref="Reservations.StoreUnavailableException">The buckets can't be read.</exception>
    public async Task<MinuteLook> LookAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        var minute = DateTimeOffset.FromUnixTimeSeconds(bucket.Stamp!.Value.ToUnixTimeSeconds() / 60 * 60);
        var (sum, reply) = await link.SumAsync(bucket.Meter, bucket.Customer!, minute, cancellationToken);
        // A customer that Stripe does not know has no events.
        if (reply.Outcome == StripeOutcome.NoCustomer)
            sum = 0;
        if (sum is null)
            return new MinuteLook(Presence.NotTold, reply.Message ?? "no reason given", reply);
        var settled = clock.GetUtcNow() - Lag;
        decimal known = 0;
        var others = new List<long>();
        await foreach (var one in store.BucketsAsync(
            new BucketFilter(Meter: bucket.Meter, From: minute, To: minute.AddMinutes(1), By: BucketTime.Stamp) { Customer = bucket.Customer }, cancellationToken))
        {
            if (one.Id == bucket.Id)
                continue;
            // What was sent a moment ago may not be added up yet.
            if (one.State == BucketState.Verified || (one.State == BucketState.Sent && one.SentAt <= settled))
                known += one.Value;
            else if (one.FirstAttemptAt is not null)
                others.Add(one.Value);
        }

        var doubt = others.Count switch { 0 => "", 1 => ", and of one more it is not known", _ => $", and of {others.Count} more it is not known" };
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"Stripe's sum of the minute {minute:yyyy-MM-dd'T'HH:mm'Z'} is {sum}; without this bucket it should be {known}, with it {known + bucket.Value}{doubt}");
        return new MinuteLook(Judge(sum.Value - known, bucket.Value, others), text, reply);
    }

    /// <param name="rest">What Stripe has more than what is known to be there.</param>
    /// <param name="value">Of the bucket in question.</param>
    /// <param name="others">Values of those that may be there too.</param>
    public static Presence Judge(decimal rest, long value, IReadOnlyList<long> others)
    {
        if (others.Count > MostOthers)
            return Presence.Unclear;
        var (with, without) = (false, false);
        for (var choice = 0; choice < 1 << others.Count; choice++)
        {
            decimal sum = 0;
            for (var i = 0; i < others.Count; i++)
                sum += (choice & (1 << i)) == 0 ? 0 : others[i];
            with |= sum + value == rest;
            without |= sum == rest;
        }

        return (with, without) switch
        {
            (true, false) => Presence.There,
            (false, true) => Presence.Missing,
            _ => Presence.Unclear,
        };
    }
}
