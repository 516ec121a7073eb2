using BudgetProxy.Admin;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;

namespace BudgetProxy.Insight;

/// <summary>What goes on just now, of all proxies together: what was booked from the ledger, the rest from what each of them says. Made at most once a second.</summary>
public sealed class LiveView : IDisposable
{
    private const int Seconds = RefusalTally.Seconds;
    private const int MostTenants = 20;
    private const int MostNearest = 10;

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly ILedger _ledger;
    private readonly IInsightStore _store;
    private readonly NearestBudgets _nearest;
    private readonly TimeProvider _clock;
    private readonly RecentAnswer<LiveDocument> _answer;

    public LiveView(ILedger ledger, IInsightStore store, NearestBudgets nearest, TimeProvider clock)
    {
        (_ledger, _store, _nearest, _clock) = (ledger, store, nearest, clock);
        _answer = new RecentAnswer<LiveDocument>(Kept, TimeSpan.Zero, MakeAsync, clock);
    }

    /// <exception cref="Reservations.StoreUnavailableException">The store can't be read.</exception>
    public Task<LiveDocument> GetAsync(CancellationToken cancellationToken) => _answer.GetAsync(cancellationToken);

    public void Dispose() => _answer.Dispose();

    private static decimal Rate(long count) => decimal.Round((decimal)count / Seconds, 1);

    private static string Rate(NanoUsd amount) => new NanoUsd(amount.Value / Seconds).ToString();

    private async Task<LiveDocument> MakeAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var booked = await _ledger.TotalsAsync(new LedgerFilter(From: now.AddSeconds(-Seconds)), UsageGroups.Tenant, cancellationToken);
        var pulses = await _store.PulsesAsync(cancellationToken);
        var refused = pulses.SelectMany(pulse => pulse.Refused).GroupBy(tenant => tenant.Key, StringComparer.Ordinal)
            .ToDictionary(tenant => tenant.Key, tenant => tenant.Sum(proxy => proxy.Value), StringComparer.Ordinal);
        var sums = booked.ToDictionary(total => total.Tenant!, StringComparer.Ordinal);
        var tenants = sums.Keys.Union(refused.Keys.Where(name => name.Length > 0), StringComparer.Ordinal)
            .Select(name => (Name: name, Sum: sums.GetValueOrDefault(name), Refused: refused.GetValueOrDefault(name)))
            .OrderByDescending(tenant => (tenant.Sum?.Requests ?? 0) + tenant.Refused).ThenBy(tenant => tenant.Name, StringComparer.Ordinal).Take(MostTenants);
        var nearest = await _nearest.FindAsync(null, MostNearest, cancellationToken);
        return new LiveDocument(
            Names.Of(now), Seconds, Rate(NanoUsd.Sum(booked.Select(total => total.Cost))), Rate(booked.Sum(total => total.Requests)), Rate(refused.Values.Sum()),
            pulses.Sum(pulse => pulse.CallsInFlight), NanoUsd.Sum(pulses.Select(pulse => new NanoUsd(pulse.HeldNanoUsd))).ToString(),
            [.. tenants.Select(tenant => new LiveTenantDocument(
                tenant.Name, Rate(tenant.Sum?.Cost ?? NanoUsd.Zero), Rate(tenant.Sum?.Requests ?? 0), Rate(tenant.Refused)))],
            [.. nearest.Select(NearestDocument.Of)]);
    }
}
