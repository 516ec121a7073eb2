using BudgetProxy.Core.Money;
using BudgetProxy.Hosting;
using BudgetProxy.Stripe;
using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>
/// Says what of a month is billed, by the very rules of the cut, whether or not anything was cut: what is billable is a function of the ledger and of the months'
/// allowances alone.
/// </summary>
public sealed class BilledMonths(IAccrualStore accruals, IBillingStore buckets, TenantDirectory directory, ProxyOptions options, TimeProvider clock)
{
    private const string Charged = "charged";
    private const string Cost = "cost";

    private static readonly IReadOnlyList<BillingMeter> Meters = [new(Charged, BilledUnit.Charged), new(Cost, BilledUnit.Cost)];

    /// <param name="month">First instant of a UTC month.</param>
    /// <param name="hours">All hours of it in which the tenant used something that it did not pay before, in order, those marked in which corrections were settled.</param>
    /// <param name="prepaid">What was charged in it of what the tenant paid before.</param>
    /// <returns>Null where the amounts have no room in 64 bits.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The stores can't be read.</exception>
    public async Task<BilledMonth?> ReadAsync(
        string tenant, DateTimeOffset month, IReadOnlyList<Accrual> hours, NanoUsd prepaid, CancellationToken cancellationToken)
    {
        try
        {
            var terms = BillingTerms.Of(directory.Current, tenant);
            var allowances = await accruals.AllowancesOfAsync(tenant, cancellationToken);
            var from = options.Stripe is null ? DateTimeOffset.MinValue : (await buckets.StateAsync(cancellationToken)).StartsAt ?? DateTimeOffset.MinValue;
            var planner = new CutPlanner(new UncutAccruals(accruals, month, hours), Meters, from);
            var plan = await planner.PlanAsync(new CutBase(tenant, 0, null, []), hours, ([], allowances), terms, clock.GetUtcNow(), cancellationToken);
            var (charged, billable) = (hours.Aggregate(NanoUsd.Zero, (sum, hour) => sum + hour.Charged), Sum(plan.Buckets, Charged));
            var before = allowances.Any(one => one.Amount > 0) || terms.Included is { Amount: > 0 }
                ? hours.Where(hour => hour.Hour < from).Aggregate(NanoUsd.Zero, (sum, hour) => sum + hour.Charged)
                : charged - billable;
            var isCost = options.Stripe?.Markup == MarkupPlace.Price;
            var cut = await CutAsync(tenant, month, (isCost ? Sum(plan.Buckets, Cost) : billable, isCost), cancellationToken);
            return new BilledMonth(before, charged - before - billable, prepaid, billable, cut);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private async Task<BilledBuckets?> CutAsync(string tenant, DateTimeOffset month, (NanoUsd Billable, bool IsCost) of, CancellationToken cancellationToken)
    {
        var to = month.AddMonths(1);
        var sums = (await buckets.SumsAsync(new BucketSumQuestion(tenant, From: month, To: to), cancellationToken)).Where(sum => IsMoney(sum.Meter, sum.Amount)).ToList();
        if (options.Stripe is null && sums.Count == 0)
            return null;
        long given = 0;
        await foreach (var bucket in buckets.BucketsAsync(new BucketFilter(tenant, State: BucketState.WrittenOff, From: month, To: to), cancellationToken))
            given += IsMoney(bucket.Meter, bucket.Amount) ? bucket.Value : 0;
        var amount = sums.Aggregate(NanoUsd.Zero, (sum, one) => sum + one.Amount);
        return new BilledBuckets(of.IsCost, amount, sums.Sum(sum => sum.Sent), sums.Sum(sum => sum.Others) - given, given, of.Billable - amount);
    }

    /// <summary>A bucket of units has no amount.</summary>
    private bool IsMoney(string meter, NanoUsd amount) => amount != NanoUsd.Zero || meter == options.Stripe?.MeterEventName;

    private static NanoUsd Sum(IReadOnlyList<Bucket> planned, string meter) =>
        planned.Where(bucket => bucket.Meter == meter).Aggregate(NanoUsd.Zero, (sum, bucket) => sum + bucket.Amount);
}
