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
    /// <param name="hours">All hours of it in which the tenant used something, in order, those marked in which corrections were settled.</param>
    /// <returns>Null where the amounts have no room in 64 bits.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The stores can't be read.</exception>
    public async Task<BilledMonth?> ReadAsync(string tenant, DateTimeOffset month, IReadOnlyList<Accrual> hours, CancellationToken cancellationToken)
    {
        try
        {
            var terms = BillingTerms.Of(directory.Current, tenant);
            var allowances = await accruals.AllowancesOfAsync(tenant, cancellationToken);
            var from = options.Stripe is null ? DateTimeOffset.MinValue : (await buckets.StateAsync(cancellationToken)).StartsAt ?? DateTimeOffset.MinValue;
            var planner = new CutPlanner(new UncutAccruals(accruals, month, hours), Meters, from);
            var plan = await planner.PlanAsync(new CutBase(tenant, 0, null, []), hours, ([], allowances), terms with { IsPrepaid = false }, clock.GetUtcNow(), cancellationToken);
            var (charged, billable) = (hours.Aggregate(NanoUsd.Zero, (sum, hour) => sum + hour.Charged), Sum(plan.Buckets, Charged));
            var before = allowances.Any(one => one.Amount > 0) || terms.Included is { Amount: > 0 }
                ? hours.Where(hour => hour.Hour < from).Aggregate(NanoUsd.Zero, (sum, hour) => sum + hour.Charged)
                : charged - billable;
            var isCost = options.Stripe?.Markup == MarkupPlace.Price;
            var (cut, prepaid) = await CutAsync(tenant, month, hours, (isCost ? Sum(plan.Buckets, Cost) : billable, isCost, terms.IsPrepaid), cancellationToken);
            // Where what is cut is the cost, its prepaid part is that part of what is charged too.
            var whole = isCost ? Sum(plan.Buckets, Cost) : billable;
            var paid = whole == billable || whole.Value <= 0 ? prepaid : NanoUsd.FromRatio((Int128)billable.Value * prepaid.Value, whole.Value, Rounding.HalfEven);
            return new BilledMonth(before, charged - before - billable, paid, billable - paid, cut);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private async Task<(BilledBuckets? Cut, NanoUsd Prepaid)> CutAsync(
        string tenant, DateTimeOffset month, IReadOnlyList<Accrual> hours, (NanoUsd Billable, bool IsCost, bool IsPrepaid) of, CancellationToken cancellationToken)
    {
        var to = month.AddMonths(1);
        var sums = (await buckets.SumsAsync(new BucketSumQuestion(tenant, From: month, To: to), cancellationToken)).Where(sum => IsMoney(sum.Meter, sum.Amount)).ToList();
        var booked = await accruals.BookedAsync([.. hours.Select(hour => (hour.Tenant, hour.Hour))], cancellationToken);
        long given = 0;
        await foreach (var bucket in buckets.BucketsAsync(new BucketFilter(tenant, State: BucketState.WrittenOff, From: month, To: to), cancellationToken))
            given += IsMoney(bucket.Meter, bucket.Amount) ? bucket.Value : 0;
        var amount = sums.Aggregate(NanoUsd.Zero, (sum, one) => sum + one.Amount);
        var all = booked.Aggregate(NanoUsd.Zero, (sum, one) => sum + one.Amount);
        var notCut = of.Billable - all;
        var prepaid = all - amount + (of.IsPrepaid ? notCut : NanoUsd.Zero);
        return options.Stripe is null && booked.Count == 0
            ? (null, prepaid)
            : (new BilledBuckets(of.IsCost, amount, sums.Sum(sum => sum.Sent), sums.Sum(sum => sum.Others) - given, given, of.IsPrepaid ? NanoUsd.Zero : notCut), prepaid);
    }

    /// <summary>A bucket of units has no amount.</summary>
    private bool IsMoney(string meter, NanoUsd amount) => amount != NanoUsd.Zero || meter == options.Stripe?.MeterEventName;

    private static NanoUsd Sum(IReadOnlyList<Bucket> planned, string meter) =>
        planned.Where(bucket => bucket.Meter == meter).Aggregate(NanoUsd.Zero, (sum, bucket) => sum + bucket.Amount);
}
