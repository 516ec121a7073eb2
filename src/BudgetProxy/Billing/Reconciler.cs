using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>
/// Compares what was sent with what Stripe has added up: one read for each customer, and one more for each day that differs, to find the hours and the buckets
/// that explain it.
/// </summary>
public sealed class Reconciler(IBillingStore store, StripeSums stripe, BillingDrift drifts)
{
    /// <summary>Buckets of an hour that are named at most.</summary>
    private const int MostBuckets = 100;

    /// <summary>Customers that are read at once: Stripe takes a moment for each, and all go at the exporter's pace.</summary>
    private const int AtOnce = 8;

    /// <summary>Reads Stripe's sums into the rows. Where it fails with a customer and not with others, the others are compared all the same.</summary>
    /// <returns>The rows, and what failed, where Stripe as a whole does not answer: then those that follow have no sums. Null = nothing.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The buckets can't be read.</exception>
    public async Task<(IReadOnlyList<Reconciled> Rows, StripeReply? Failed)> CompareAsync(
        IReadOnlyList<Reconciled> rows, ReconciliationSpan span, CancellationToken cancellationToken)
    {
        var compared = new List<Reconciled>(rows.Count);
        var (answered, missed, last) = (false, 0, (StripeReply?)null);
        while (compared.Count < rows.Count)
        {
            // The first alone: what all need, such as the meters, is then read once.
            var part = rows.Skip(compared.Count).Take(compared.Count == 0 ? 1 : AtOnce).ToList();
            var isOfAll = false;
            foreach (var (row, failed, isAsked) in await Task.WhenAll(part.Select(row => CompareAsync(row, span, cancellationToken))))
            {
                compared.Add(row);
                (answered, missed, last) = (answered || (failed is null && isAsked), failed is null ? (isAsked ? 0 : missed) : missed + 1, failed ?? last);
                isOfAll |= failed is not null && failed.Outcome != StripeOutcome.Unknown;
            }

            if (isOfAll || missed >= AtOnce || (missed > 0 && compared.Count == rows.Count && !answered))
                return ([.. compared.Select(row => row.IsMissed ? row with { Problem = null, IsMissed = false } : row), .. rows.Skip(compared.Count)], last);
        }

        return (compared, null);
    }

    private async Task<(Reconciled Row, StripeReply? Failed, bool IsAsked)> CompareAsync(Reconciled row, ReconciliationSpan span, CancellationToken cancellationToken)
    {
        var (sums, reply, isAsked) = await stripe.ReadAsync((row.Meter, row.Customer), span, SummaryWindow.Day, row.Days.Sum(day => day.Sent), cancellationToken);
        if (sums is null && IsFailure(reply))
            return (row with { Problem = reply.Message, IsMissed = true }, reply, isAsked);
        // A customer that Stripe does not know has no events.
        if (sums is null && reply.Outcome != StripeOutcome.NoCustomer)
            return (row with { Problem = reply.Message }, null, isAsked);
        var days = new List<ReconciledDay>();
        foreach (var day in row.Days)
        {
            var compared = day with { Stripe = sums?.GetValueOrDefault(day.Day) ?? 0 };
            if (compared.Drift != 0 && sums is not null)
            {
                var (hours, failed) = await HoursAsync(row, day, cancellationToken);
                if (failed is not null)
                    return (row with { Days = [.. days, compared, .. row.Days.Skip(days.Count + 1)], Problem = failed.Message, IsMissed = true }, failed, isAsked);
                compared = compared with { Hours = hours };
            }

            drifts.Note(row.Customer, row.Meter, day.Day, compared.Drift ?? 0);
            days.Add(compared);
        }

        return (row with { Days = days, Problem = sums is null ? reply.Message : null }, null, isAsked);
    }

    private async Task<(IReadOnlyList<ReconciledHour> Hours, StripeReply? Failed)> HoursAsync(Reconciled row, ReconciledDay day, CancellationToken cancellationToken)
    {
        var span = new ReconciliationSpan(day.Day, day.Day.AddDays(1));
        var (sums, reply, _) = await stripe.ReadAsync((row.Meter, row.Customer), span, SummaryWindow.Hour, day.Sent, cancellationToken);
        if (sums is null)
            return ([], IsFailure(reply) ? reply : null);
        var buckets = new List<Bucket>();
        foreach (var tenant in row.Tenants)
        {
            await foreach (var bucket in store.BucketsAsync(new BucketFilter(tenant, row.Meter, From: span.From, To: span.To, By: BucketTime.Stamp), cancellationToken))
            {
                if (bucket.Customer is null || bucket.Customer == row.Customer)
                    buckets.Add(bucket);
            }
        }

        var byHour = buckets.ToLookup(bucket => BillingTimes.HourOf(bucket.Stamp ?? bucket.Hour));
        return ([.. sums.Keys.Concat(byHour.Select(group => group.Key)).Distinct().Order().Select(hour => Hour(hour, sums.GetValueOrDefault(hour), [.. byHour[hour]])).Where(hour => hour.Drift != 0)], null);
    }

    private static ReconciledHour Hour(DateTimeOffset hour, decimal stripe, IReadOnlyList<Bucket> buckets)
    {
        var found = new ReconciledHour(hour, buckets.Where(bucket => bucket.State is BucketState.Sent or BucketState.Verified).Sum(bucket => bucket.Value), stripe, []);
        return found with
        {
            Buckets = [.. buckets.Where(bucket => bucket.Value != 0).OrderByDescending(found.Explains).ThenByDescending(bucket => bucket.IsOpen).ThenBy(bucket => bucket.Hour).ThenBy(bucket => bucket.Number).Take(MostBuckets)],
        };
    }

    /// <summary>True: there may be sums, but Stripe did not give them; often it gives those of no other customer either. A meter that is not there is only this row's.</summary>
    private static bool IsFailure(StripeReply reply) =>
        reply.Outcome is StripeOutcome.Unknown or StripeOutcome.Busy or StripeOutcome.Unauthorised;
}
