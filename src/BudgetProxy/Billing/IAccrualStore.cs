using BudgetProxy.Reservations;

namespace BudgetProxy.Billing;

/// <summary>
/// The seam between the ledger and buckets: which hours have changed, and what was cut of them. What was taken from prepaid credit is seen by none of it. Durable
/// when a method returns. Every method may throw <see cref="StoreUnavailableException"/>, those that take a lease also <see cref="LeaseLostException"/>, and nothing
/// else but cancellation.
/// </summary>
public interface IAccrualStore
{
    /// <summary>Hours that have changed since they were last cut, by tenant and hour, with all that a cut of them goes by, of one state of the database.</summary>
    /// <param name="after">Only those that follow; null = from the first.</param>
    /// <param name="most">Hours at most; fewer = there are no more.</param>
    ValueTask<CutReading> ReadAsync((string Tenant, DateTimeOffset Hour)? after, int most, CancellationToken cancellationToken);

    /// <summary>Lets all hours of a tenant's UTC month be cut anew, since its allowance is another.</summary>
    ValueTask TouchMonthAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps allowances, where they are higher than what was kept, and lets all hours of those months be cut anew. A cut that was planned before is void.
    /// </summary>
    /// <param name="allowances">One for each tenant, month and kind.</param>
    ValueTask RaiseAsync(IReadOnlyList<MonthAllowance> allowances, BillingLease lease, CancellationToken cancellationToken);

    /// <summary>Lets hours of before an instant count as cut: nothing of them is billed.</summary>
    /// <param name="most">Hours at most, so that no step holds the store for long.</param>
    /// <returns>How many there were; fewer than asked for = there are no more.</returns>
    ValueTask<int> PassOverAsync(DateTimeOffset before, int most, BillingLease lease, CancellationToken cancellationToken);

    /// <summary>All hours of a tenant's UTC month, by hour; whether they are corrected is not looked at.</summary>
    ValueTask<IReadOnlyList<Accrual>> MonthAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken);

    /// <summary>Hours of these from which anything was cut.</summary>
    ValueTask<IReadOnlyList<HourBooked>> BookedAsync(IReadOnlyList<(string Tenant, DateTimeOffset Hour)> hours, CancellationToken cancellationToken);

    /// <summary>Those of all tenants in a month, by tenant and kind.</summary>
    ValueTask<IReadOnlyList<MonthAllowance>> AllowancesAsync(DateTimeOffset month, CancellationToken cancellationToken);

    /// <summary>All that were kept of a tenant, by month and kind.</summary>
    ValueTask<IReadOnlyList<MonthAllowance>> AllowancesOfAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>First entries of a tenant that were settled in an hour, in settling order.</summary>
    IAsyncEnumerable<PlacedAmounts> FirstEntriesAsync(string tenant, DateTimeOffset hour, CancellationToken cancellationToken);

    /// <summary>Corrections of a tenant that were settled in a span, in no order, each at the place of the entry that it corrects.</summary>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive.</param>
    IAsyncEnumerable<PlacedAmounts> CorrectionsAsync(string tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Hours after a UTC month in which corrections of a tenant's entries of that month were settled, in order.</summary>
    ValueTask<IReadOnlyList<DateTimeOffset>> CorrectedAfterAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken);

    /// <summary>Writes cuts, each in one step, those of tenants that were cut by nobody else meanwhile; in as many transactions as calls need, so as not to wait for them.</summary>
    /// <returns>The tenants that were cut.</returns>
    ValueTask<IReadOnlySet<string>> CutAsync(IReadOnlyList<TenantCut> cuts, BillingLease lease, CancellationToken cancellationToken);
}
