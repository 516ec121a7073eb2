namespace BudgetProxy.Billing;

/// <summary>The accruals as if nothing had been cut of them, one month of them as it was read: so a cut that is only planned gives all that is billable of it.</summary>
internal sealed class UncutAccruals(IAccrualStore store, DateTimeOffset month, IReadOnlyList<Accrual> hours) : IAccrualStore
{
    public ValueTask<CutReading> ReadAsync((string Tenant, DateTimeOffset Hour)? after, int most, CancellationToken cancellationToken) => store.ReadAsync(after, most, cancellationToken);

    public ValueTask TouchMonthAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken) => store.TouchMonthAsync(tenant, month, cancellationToken);

    public ValueTask RaiseAsync(IReadOnlyList<MonthAllowance> allowances, BillingLease lease, CancellationToken cancellationToken) => store.RaiseAsync(allowances, lease, cancellationToken);

    public ValueTask<int> PassOverAsync(DateTimeOffset before, int most, BillingLease lease, CancellationToken cancellationToken) =>
        store.PassOverAsync(before, most, lease, cancellationToken);

    public ValueTask<IReadOnlyList<Accrual>> MonthAsync(string tenant, DateTimeOffset wanted, CancellationToken cancellationToken) =>
        wanted == month ? ValueTask.FromResult(hours) : store.MonthAsync(tenant, wanted, cancellationToken);

    public ValueTask<IReadOnlyList<HourBooked>> BookedAsync(IReadOnlyList<(string Tenant, DateTimeOffset Hour)> hours, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<HourBooked>>([]);

    public ValueTask<IReadOnlyList<MonthAllowance>> AllowancesAsync(DateTimeOffset month, CancellationToken cancellationToken) => store.AllowancesAsync(month, cancellationToken);

    public ValueTask<IReadOnlyList<MonthAllowance>> AllowancesOfAsync(string tenant, CancellationToken cancellationToken) => store.AllowancesOfAsync(tenant, cancellationToken);

    public IAsyncEnumerable<PlacedAmounts> FirstEntriesAsync(string tenant, DateTimeOffset hour, CancellationToken cancellationToken) =>
        store.FirstEntriesAsync(tenant, hour, cancellationToken);

    public IAsyncEnumerable<PlacedAmounts> CorrectionsAsync(string tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        store.CorrectionsAsync(tenant, from, to, cancellationToken);

    /// <summary>None: what follows this month's allowance is of other months.</summary>
    public ValueTask<IReadOnlyList<DateTimeOffset>> CorrectedAfterAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<DateTimeOffset>>([]);

    public ValueTask<IReadOnlySet<string>> CutAsync(IReadOnlyList<TenantCut> cuts, BillingLease lease, CancellationToken cancellationToken) => store.CutAsync(cuts, lease, cancellationToken);
}
