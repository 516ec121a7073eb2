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

    /// <summary>Reads Stripe's sums into the rows.</summary>
    /// <returns>The rows, and what failed, where Stripe as a whole does not answer: then those that follow have no sums. Null = nothing.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The buckets can't be read.</exception>
    public async Task<(IReadOnlyList<Reconciled> Rows, StripeReply? Failed)> CompareAsync(
        IReadOnlyList<Reconciled> rows, ReconciliationSpan span, CancellationToken cancellationToken)
    {
        var compared = new List<Reconciled>(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, failed) = await CompareAsync(rows[i], span, cancellationToken);
            compared.Add(row);
            if (failed is null)
                continue;
            compared.AddRange(rows.Skip(i + 1));
            return (compared, failed);
        }

        return (compared, null);
    }

    private async Task<(Reconciled Row, StripeReply? Failed)> CompareAsync(Reconciled row, ReconciliationSpan span, CancellationToken cancellationToken)
    {
        var (sums, reply) = await stripe.ReadAsync((row.Meter, row.Customer), span, SummaryWindow.Day, row.Days.Sum(day => day.Sent), cancellationToken);
        if (sums is null && IsOfAll(reply))
            return (row, reply);
        // A customer that Stripe does not know has no events.
        if (sums is null && reply.Outcome != StripeOutcome.NoCustomer)
            return (row with { Problem = reply.Message }, null);
        var days = new List<ReconciledDay>();
        foreach (var day in row.Days)
        {
            var compared = day with { Stripe = sums?.GetValueOrDefault(day.Day) ?? 0 };
            if (compared.Drift != 0 && sums is not null)
            {
                var (hours, failed) = await HoursAsync(row, day, cancellationToken);
                if (failed is not null)
                    return (row with { Days = [.. days, compared, .. row.Days.Skip(days.Count + 1)] }, failed);
                compared = compared with { Hours = hours };
            }

            drifts.Note(row.Customer, row.Meter, day.Day, compared.Drift ?? 0);
            days.Add(compared);
        }

        return (row with { Days = days, Problem = sums is null ? reply.Message : null }, null);
    }

    private async Task<(IReadOnlyList<ReconciledHour> Hours, StripeReply? Failed)> HoursAsync(Reconciled row, ReconciledDay day, CancellationToken cancellationToken)
    {
        var span = new ReconciliationSpan(day.Day, day.Day.AddDays(1));
        var (sums, reply) = await stripe.ReadAsync((row.Meter, row.Customer), span, SummaryWindow.Hour, day.Sent, cancellationToken);
        if (sums is null)
            return ([], IsOfAll(reply) ? reply : null);
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

    /// <summary>True: another customer's sums can't be read either. A meter that is not there is only this row's.</summary>
    private static bool IsOfAll(StripeReply reply) =>
        reply.Outcome is StripeOutcome.Unknown or StripeOutcome.Busy or StripeOutcome.Unauthorised;
}
