using BudgetProxy.Ledger;
using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>Turns what the ledger's hours have come to into buckets, a page of hours in one step.</summary>
public sealed partial class BucketCutter(IAccrualStore store, ILedger ledger, TenantDirectory directory, IReadOnlyList<BillingMeter> meters, ILogger<BucketCutter> logger)
{
    /// <summary>Hours that are cut in one transaction: few enough that calls hardly wait for it.</summary>
    private const int PageSize = 500;

    private const int FoldSize = 5_000;
    private const int PassOverSize = 5_000;

    /// <summary>Sees to it that all that was booked up to now is in the hours.</summary>
    public async Task CatchUpAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Where entries are on their way to the ledger, a look at it brings them there; of what is found nothing is needed.
        await ledger.TotalsAsync(new LedgerFilter(From: now, To: now.AddMilliseconds(1)), UsageGroups.None, cancellationToken);
        while (await ledger.RollUpAsync(FoldSize, cancellationToken) is { Left: > 0 })
        {
            // Until there are no more.
        }
    }

    /// <summary>Cuts all hours that have changed.</summary>
    /// <param name="from">Usage that was settled before is never billed.</param>
    /// <returns>How many buckets were made.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The store can't be used; what was cut is cut.</exception>
    /// <exception cref="LeaseLostException">Another proxy cuts now.</exception>
    public async Task<long> CutAsync(BillingLease lease, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Of a ledger of years all hours may be left, where the export was never on. Those of the month in which it began count for that month's allowance.
        while (await store.PassOverAsync(Accrual.MonthOf(from), PassOverSize, lease, cancellationToken) == PassOverSize)
        {
            // Until there are no more.
        }

        await TouchGrownAsync(now, cancellationToken);
        long made = 0;
        (string Tenant, DateTimeOffset Hour)? after = null;
        while (true)
        {
            var reading = await store.ReadAsync(after, PageSize, cancellationToken);
            if (reading.Hours.Count == 0)
                return made;
            var cuts = await PlanAsync(reading, from, now, cancellationToken);
            var done = await store.CutAsync(cuts, lease, cancellationToken);
            made += cuts.Where(cut => done.Contains(cut.Base.Tenant)).Sum(cut => (long)cut.Buckets.Count);
            if (reading.Hours.Count < PageSize)
                return made;
            after = (reading.Hours[^1].Tenant, reading.Hours[^1].Hour);
        }
    }

    private async Task<List<TenantCut>> PlanAsync(CutReading reading, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var planner = new CutPlanner(store, meters, from);
        var hours = reading.Hours.ToLookup(hour => hour.Tenant, StringComparer.Ordinal);
        var booked = reading.Booked.ToLookup(one => one.Tenant, StringComparer.Ordinal);
        var allowances = reading.Allowances.ToLookup(one => one.Tenant, StringComparer.Ordinal);
        var snapshot = directory.Current;
        var cuts = new List<TenantCut>(reading.Bases.Count);
        foreach (var before in reading.Bases)
        {
            try
            {
                cuts.Add(await planner.PlanAsync(
                    before, [.. hours[before.Tenant]], ([.. booked[before.Tenant]], [.. allowances[before.Tenant]]), BillingTerms.Of(snapshot, before.Tenant), now,
                    cancellationToken));
            }
            catch (OverflowException absurd)
            {
                // One tenant's amounts of billions must not keep all others from being billed.
                Log.TooLarge(logger, before.Tenant, absurd);
            }
        }

        return cuts;
    }

    /// <summary>An allowance that grew acts at once for the whole month: hours of the month that were cut by the smaller one are cut anew.</summary>
    private async Task TouchGrownAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var snapshot = directory.Current;
        if (!snapshot.Plans.Any(plan => plan.Included is not null))
            return;
        var month = Accrual.MonthOf(now);
        foreach (var tenant in (await store.AllowancesAsync(month, cancellationToken)).GroupBy(one => one.Tenant, StringComparer.Ordinal))
        {
            if (snapshot.FindTenant(tenant.Key)?.Terms?.Included is { Amount: > 0 } included && !tenant.Any(one => one.Kind == included.Kind && one.Amount >= included.Amount))
                await store.TouchMonthAsync(tenant.Key, month, cancellationToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(8301, LogLevel.Error, "The usage of tenant {Tenant} can't be cut: its amounts have no room in 64 bits. Its calls are booked, and not billed.")]
        public static partial void TooLarge(ILogger logger, string tenant, Exception exception);
    }
}
