using BudgetProxy.Ledger;

namespace BudgetProxy.Insight;

/// <summary>What each tenant has spent in this calendar month (UTC): read again at most every two seconds, however many ask.</summary>
public sealed class MonthSpend : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(2);

    private readonly RecentAnswer<IReadOnlyDictionary<string, UsageTotal>> _answer;

    public MonthSpend(ILedger ledger, TimeProvider clock) => _answer = new RecentAnswer<IReadOnlyDictionary<string, UsageTotal>>(
        Kept,
        TimeSpan.Zero,
        async stop =>
        {
            var now = clock.GetUtcNow();
            var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero);
            var totals = await ledger.TotalsAsync(new LedgerFilter(From: month), UsageGroups.Tenant, stop);
            return totals.ToDictionary(total => total.Tenant!, StringComparer.Ordinal);
        },
        clock);

    /// <summary>By tenant; one that has spent nothing is not in it.</summary>
    /// <exception cref="Reservations.StoreUnavailableException">The ledger can't be read.</exception>
    public Task<IReadOnlyDictionary<string, UsageTotal>> GetAsync(CancellationToken cancellationToken) => _answer.GetAsync(cancellationToken);

    public void Dispose() => _answer.Dispose();
}
