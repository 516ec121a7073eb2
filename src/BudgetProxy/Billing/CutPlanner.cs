using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Billing;

/// <summary>
/// Decides what is cut of a tenant's changed hours. What is billable of an hour is a function of the ledger and of the months' allowances alone, and what was paid
/// before is no part of it; a bucket is what of it was not cut yet. So late entries, corrections and allowances that grew give further buckets, negative ones too, and a cut that is repeated gives none.
/// </summary>
/// <param name="meters">The meter of money first.</param>
/// <param name="from">Usage that was settled before, and corrections of it, are never billed.</param>
internal sealed class CutPlanner(IAccrualStore store, IReadOnlyList<BillingMeter> meters, DateTimeOffset from)
{
    private readonly AllowanceWalk _walk = new(store);
    private readonly BucketIds _ids = new();

    /// <param name="changed">The tenant's changed hours, in order.</param>
    /// <param name="kept">What was cut of them before, and the tenant's allowances that were kept.</param>
    /// <exception cref="OverflowException">An amount has no room in 64 bits.</exception>
    public async Task<TenantCut> PlanAsync(
        CutBase before, IReadOnlyList<Accrual> changed, (IReadOnlyList<HourBooked> Booked, IReadOnlyList<MonthAllowance> Allowances) kept, BillingTerms terms,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (added, allowances) = Allowances(before.Tenant, changed, kept.Allowances, terms, now);
        var months = new TenantMonths(store, _walk, before.Tenant, allowances);
        var read = new List<Accrual>();
        var billable = new List<(DateTimeOffset Hour, BilledAmounts Amounts)>();
        var booked = kept.Booked.ToList();
        var following = await months.FollowingAsync(changed, cancellationToken);
        if (following.Count > 0)
            booked.AddRange(await store.BookedAsync([.. following.Select(hour => (hour.Tenant, hour.Hour))], cancellationToken));
        foreach (var month in changed.Concat(following).GroupBy(hour => hour.Month))
        {
            IReadOnlyList<Accrual> hours = [.. month];
            if (months.HasAllowance(month.Key))
            {
                // Where the allowance ends may have moved, so all hours of the month are looked at.
                hours = (await months.OfAsync(month.Key, cancellationToken)).Hours;
                booked.RemoveAll(one => Accrual.MonthOf(one.Hour) == month.Key);
                booked.AddRange(await store.BookedAsync([.. hours.Select(hour => (hour.Tenant, hour.Hour))], cancellationToken));
            }

            var flagged = month.Select(hour => hour.Hour).ToHashSet();
            foreach (var hour in hours)
            {
                // Those that were read only for the allowance are none of those that are to be cleared.
                if (flagged.Contains(hour.Hour))
                    read.Add(hour);
                if (hour.Hour >= from)
                    billable.Add((hour.Hour, BilledAmounts.Of(hour) - await FreeAsync(months, hour, cancellationToken)));
            }
        }

        var slices = new CutSlices(before, meters, booked, now, _ids);
        foreach (var (hour, amounts) in billable)
            slices.Add(hour, amounts);
        return new TenantCut(before, terms.Customer, read, slices.Buckets, slices.Added, added);
    }

    /// <summary>What of an hour is not billed: what its month includes, corrections of what was included, and corrections of what was settled before billing began.</summary>
    private async Task<BilledAmounts> FreeAsync(TenantMonths months, Accrual hour, CancellationToken cancellationToken)
    {
        if (!hour.IsCorrected && !months.HasAllowance(hour.Month))
            return default;
        var corrections = await months.CorrectionsAsync(hour, cancellationToken);
        var firsts = BilledAmounts.Of(hour);
        var free = default(BilledAmounts);
        foreach (var correction in corrections)
        {
            firsts -= BilledAmounts.OfCorrection(correction);
            var settled = DateTimeOffset.FromUnixTimeMilliseconds(correction.Place.At);
            if (settled < from)
                free += BilledAmounts.OfCorrection(correction);
            else if (months.HasAllowance(Accrual.MonthOf(settled)))
                free += (await months.OfAsync(Accrual.MonthOf(settled), cancellationToken)).Boundary.FreeOf(correction);
        }

        return months.HasAllowance(hour.Month) ? free + (await months.OfAsync(hour.Month, cancellationToken)).Boundary.FreeOf(hour.Hour, firsts) : free;
    }

    /// <summary>
    /// The allowances that hold: those that were kept, and what the plan gives now, for the present month, and for an earlier one of which nothing is known. None is
    /// kept too, so that a plan of later gives nothing to a month that is past.
    /// </summary>
    private static (List<MonthAllowance> Added, List<MonthAllowance> All) Allowances(
        string tenant, IReadOnlyList<Accrual> changed, IReadOnlyList<MonthAllowance> kept, BillingTerms terms, DateTimeOffset now)
    {
        var all = kept.ToList();
        var added = new List<MonthAllowance>();
        if (!terms.Exists)
            return (added, all);
        var present = Accrual.MonthOf(now);
        foreach (var month in changed.Select(hour => hour.Month).Append(present).Distinct())
        {
            var known = kept.Where(one => one.Month == month).ToList();
            if (known.Count > 0 && month != present)
                continue;
            var given = terms.Included is { } included
                ? new MonthAllowance(tenant, month, included.Kind, included.Amount)
                : new MonthAllowance(tenant, month, LimitKind.Usd, 0);
            if (known.Count > 0 && (given.Amount == 0 || known.Exists(one => one.Kind == given.Kind && one.Amount >= given.Amount)))
                continue;
            added.Add(given);
            all.RemoveAll(one => one.Month == month && one.Kind == given.Kind);
            all.Add(given);
        }

        return (added, all);
    }
}
