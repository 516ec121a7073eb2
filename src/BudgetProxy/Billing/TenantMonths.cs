namespace BudgetProxy.Billing;

/// <summary>The months of one tenant that a cut has to do with, each read once.</summary>
internal sealed class TenantMonths(IAccrualStore store, AllowanceWalk walk, string tenant, IReadOnlyList<MonthAllowance> allowances)
{
    private readonly Dictionary<DateTimeOffset, (IReadOnlyList<Accrual> Hours, MonthBoundary Boundary)> _months = [];
    private readonly Dictionary<DateTimeOffset, ILookup<DateTimeOffset, PlacedAmounts>> _corrections = [];

    public bool HasAllowance(DateTimeOffset month) => allowances.Any(one => one.Month == month && one.Amount > 0);

    /// <summary>All hours of a month, and how far its allowance goes.</summary>
    public async Task<(IReadOnlyList<Accrual> Hours, MonthBoundary Boundary)> OfAsync(DateTimeOffset month, CancellationToken cancellationToken)
    {
        if (_months.TryGetValue(month, out var known))
            return known;
        var hours = await store.MonthAsync(tenant, month, cancellationToken);
        var corrections = (await OfMonthAsync(month, cancellationToken)).ToDictionary(
            hour => hour.Key, hour => hour.Aggregate(default(BilledAmounts), (sum, one) => sum + BilledAmounts.OfCorrection(one)));
        var boundary = await walk.BoundaryAsync(hours, corrections, allowances.Where(one => one.Month == month), cancellationToken);
        return _months[month] = (hours, boundary);
    }

    /// <summary>Hours of later months in which entries of these hours' months were corrected: where a month's allowance ends may have moved, and corrections follow it.</summary>
    /// <param name="changed">Hours that are cut anyway; they are not among the answer.</param>
    public async Task<IReadOnlyList<Accrual>> FollowingAsync(IReadOnlyList<Accrual> changed, CancellationToken cancellationToken)
    {
        var known = changed.Select(hour => hour.Hour).ToHashSet();
        var following = new List<Accrual>();
        foreach (var month in changed.Select(hour => hour.Month).Distinct().Where(HasAllowance).ToList())
        {
            var corrected = (await store.CorrectedAfterAsync(tenant, month, cancellationToken)).Where(known.Add).ToHashSet();
            foreach (var later in corrected.Select(Accrual.MonthOf).Distinct().ToList())
                following.AddRange((await store.MonthAsync(tenant, later, cancellationToken)).Where(hour => corrected.Contains(hour.Hour)).Select(hour => hour with { IsCorrected = true }));
        }

        return following;
    }

    /// <summary>Corrections that were settled in an hour.</summary>
    public async Task<IEnumerable<PlacedAmounts>> CorrectionsAsync(Accrual hour, CancellationToken cancellationToken)
    {
        if (HasAllowance(hour.Month))
            return (await OfMonthAsync(hour.Month, cancellationToken))[hour.Hour];
        var corrections = new List<PlacedAmounts>();
        await foreach (var correction in store.CorrectionsAsync(tenant, hour.Hour, hour.Hour.AddHours(1), cancellationToken))
            corrections.Add(correction);
        return corrections;
    }

    private async Task<ILookup<DateTimeOffset, PlacedAmounts>> OfMonthAsync(DateTimeOffset month, CancellationToken cancellationToken)
    {
        if (_corrections.TryGetValue(month, out var known))
            return known;
        var corrections = new List<PlacedAmounts>();
        await foreach (var correction in store.CorrectionsAsync(tenant, month, month.AddMonths(1), cancellationToken))
            corrections.Add(correction);
        return _corrections[month] = corrections.ToLookup(one => one.Hour);
    }
}
