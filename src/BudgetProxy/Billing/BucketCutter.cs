using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>Turns what the ledger's hours have come to into buckets, page by page.</summary>
public sealed partial class BucketCutter(IAccrualStore store, ILedger ledger, TenantDirectory directory, IReadOnlyList<BillingMeter> meters, ILogger<BucketCutter> logger)
{
    /// <summary>Hours that are read at once.</summary>
    private const int PageSize = 4_000;

    /// <summary>Rows that are written at once, up to a tenant's: where an allowance moves, a changed hour has its whole month cut anew.</summary>
    private const int WriteSize = 4_000;

    private const int FoldSize = 5_000;
    private const int PassOverSize = 5_000;
    private const int MostTries = 3;

    /// <summary>Sees to it that all that was booked up to now is in the hours; while entries on their way can't be seen, as far as they have come.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        for (var tries = 1; !await TryArriveAsync(cancellationToken) && tries < MostTries; tries++)
        {
            // A store that is only slow for a moment must not put off till the next run what can be billed now.
        }

        await FoldAsync(cancellationToken);
    }

    /// <summary>Sees to it that all that was booked of these tenants is in the hours.</summary>
    /// <exception cref="StoreUnavailableException">Something may be missing in them.</exception>
    public async Task CatchUpAsync(IReadOnlyCollection<string> tenants, CancellationToken cancellationToken)
    {
        await ledger.ArriveAsync(tenants, cancellationToken);
        // Hours of a large ledger of before take minutes: whom the ledger does not know need not wait for them.
        if (await ledger.RollUpAsync(FoldSize, cancellationToken) is { Left: > FoldSize } && !await IsAnyKnownAsync(tenants, cancellationToken))
            return;
        await FoldAsync(cancellationToken);
    }

    /// <summary>Cuts all hours that have changed.</summary>
    /// <param name="from">Usage that was settled before is never billed.</param>
    /// <returns>How many buckets were made.</returns>
    /// <exception cref="StoreUnavailableException">The store can't be used; what was cut is cut.</exception>
    /// <exception cref="LeaseLostException">Another proxy cuts now.</exception>
    public async Task<long> CutAsync(BillingLease lease, DateTimeOffset from, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Of a ledger of years all hours may be left, where the export was never on. Those of the month in which it began count for that month's allowance.
        while (await store.PassOverAsync(Accrual.MonthOf(from), PassOverSize, lease, cancellationToken) == PassOverSize)
        {
            // Until there are no more.
        }

        await TouchGrownAsync(now, cancellationToken);
        var planner = new CutPlanner(store, meters, from);
        long made = 0;
        (string Tenant, DateTimeOffset Hour)? after = null;
        while (true)
        {
            var reading = await store.ReadAsync(after, PageSize, cancellationToken);
            made += await CutAsync(reading, planner, lease, now, cancellationToken);
            if (reading.Hours.Count < PageSize)
                return made;
            after = (reading.Hours[^1].Tenant, reading.Hours[^1].Hour);
        }
    }

    private async Task<bool> TryArriveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ledger.ArriveAsync(null, cancellationToken);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private async Task FoldAsync(CancellationToken cancellationToken)
    {
        while (await ledger.RollUpAsync(FoldSize, cancellationToken) is { Left: > 0 })
        {
            // Until there are no more.
        }
    }

    private async Task<bool> IsAnyKnownAsync(IEnumerable<string> tenants, CancellationToken cancellationToken)
    {
        foreach (var tenant in tenants)
        {
            if (await ledger.NewestAsync(new CallFilter(tenant), null, 1, cancellationToken) is { Entries.Count: > 0 } or { Next: not null })
                return true;
        }

        return false;
    }

    private async Task<long> CutAsync(CutReading reading, CutPlanner planner, BillingLease lease, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hours = reading.Hours.ToLookup(hour => hour.Tenant, StringComparer.Ordinal);
        var booked = reading.Booked.ToLookup(one => one.Tenant, StringComparer.Ordinal);
        var allowances = reading.Allowances.ToLookup(one => one.Tenant, StringComparer.Ordinal);
        var snapshot = directory.Current;
        var cuts = new List<TenantCut>();
        var (made, rows) = (0L, 0);
        foreach (var before in reading.Bases)
        {
            try
            {
                cuts.Add(await planner.PlanAsync(
                    before, [.. hours[before.Tenant]], ([.. booked[before.Tenant]], [.. allowances[before.Tenant]]), BillingTerms.Of(snapshot, before.Tenant), now,
                    cancellationToken));
                rows += cuts[^1].Rows;
            }
            catch (OverflowException absurd)
            {
                // One tenant's amounts of billions must not keep all others from being billed.
                Log.TooLarge(logger, before.Tenant, absurd);
            }

            if (rows < WriteSize)
                continue;
            made += await WriteAsync(cuts, lease, cancellationToken);
            cuts.Clear();
            rows = 0;
        }

        return made + await WriteAsync(cuts, lease, cancellationToken);
    }

    private async Task<long> WriteAsync(List<TenantCut> cuts, BillingLease lease, CancellationToken cancellationToken)
    {
        if (cuts.Count == 0)
            return 0;
        var done = await store.CutAsync(cuts, lease, cancellationToken);
        return cuts.Where(cut => done.Contains(cut.Base.Tenant)).Sum(cut => (long)cut.Buckets.Count);
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
