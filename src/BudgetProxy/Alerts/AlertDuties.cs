using System.Globalization;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Hosting;
using BudgetProxy.Rates;
using BudgetProxy.Reservations;

namespace BudgetProxy.Alerts;

/// <summary>What only one proxy need do: goes by the ledger, judges the tenants' spending, the age of the prices, and forgets what is old.</summary>
public sealed class AlertDuties(DutyStores stores, DutyFinders finders, AlertRaiser raiser, ProxyOptions options, TimeProvider clock)
{
    /// <summary>The ledger's bookmark that holds up to when entries were looked at, in Unix milliseconds.</summary>
    public const string Bookmark = "alerts.seen";

    private const string LeaseName = "duties";

    /// <summary>Callers that one look takes from the ledger.</summary>
    private const int MostSpenders = 20_000;

    private const int MostCounters = 1_000;

    /// <summary>Entries reach the ledger so much later than they were settled, in an ordinary fault.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan OverlapAtFirst = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan VelocityPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HousePeriod = TimeSpan.FromHours(1);
    private static readonly TimeSpan BookmarkPeriod = TimeSpan.FromMinutes(5);

    /// <summary>Old prices are told again after so long.</summary>
    private static readonly TimeSpan StaleRepeat = TimeSpan.FromDays(30);

    /// <summary>An embedded proxy is alone, so that it need not wait for the lease of the one that it was before.</summary>
    private readonly Guid _owner = options.IsDistributed ? Guid.CreateVersion7(clock.GetUtcNow()) : Guid.Empty;
    private bool _leads;
    private DateTimeOffset? _seen;
    private DateTimeOffset _marked = DateTimeOffset.MinValue;
    private DateTimeOffset _nextVelocity = DateTimeOffset.MinValue;
    private DateTimeOffset _nextHouse = DateTimeOffset.MinValue;

    /// <summary>Takes or keeps the lease, and does what is due. Called every ten seconds.</summary>
    /// <exception cref="StoreUnavailableException">The store can't be used; what was not done is done the next time.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        finders.Metrics.Waiting(await stores.Alerts.BacklogAsync(cancellationToken));
        var now = clock.GetUtcNow();
        var leads = await stores.Alerts.TakeLeaseAsync(LeaseName, _owner, now, now + Lease, cancellationToken);
        if (leads && !_leads)
        {
            finders.Velocity.Forget();
            _seen = null;
        }

        _leads = leads;
        if (!leads)
            return;
        await FollowAsync(now, cancellationToken);
        if (now >= _nextVelocity)
        {
            await raiser.RaiseAsync(await finders.Velocity.CheckAsync(cancellationToken), cancellationToken);
            _nextVelocity = now + VelocityPeriod;
        }

        if (now >= _nextHouse)
        {
            await KeepHouseAsync(now, cancellationToken);
            _nextHouse = now + HousePeriod;
        }
    }

    /// <summary>Looks at the counters of all that the ledger was written since the last time.</summary>
    private async Task FollowAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var from = _seen - Overlap ?? await BookmarkAsync(now, cancellationToken) - OverlapAtFirst;
        var spenders = await stores.Spend.SpendersAsync(from, MostSpenders, cancellationToken);
        foreach (var step in CountersOf(spenders).Chunk(MostCounters))
            await raiser.RaiseAsync(await finders.Thresholds.CheckAsync(step, cancellationToken), cancellationToken);
        _seen = now;
        if (spenders.Count > 0 || now - _marked >= BookmarkPeriod)
        {
            await stores.Ledger.MoveBookmarkAsync(Bookmark, now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture), cancellationToken);
            _marked = now;
        }
    }

    private HashSet<CounterKey> CountersOf(IReadOnlyList<Spender> spenders)
    {
        var counters = new HashSet<CounterKey>();
        var snapshot = stores.Directory.Current;
        foreach (var (caller, provider, model) in spenders)
        {
            foreach (var budget in snapshot.FindTenant(caller.Tenant)?.Budgets ?? [])
            {
                if (budget.AlertAtPercent.Count > 0 && BudgetMatcher.Matches(budget, caller, provider, model))
                    counters.Add(new CounterKey(budget.Tenant, budget.Name, BudgetMatcher.ScopeValue(budget, caller, provider, model)));
            }
        }

        return counters;
    }

    private async Task<DateTimeOffset> BookmarkAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await stores.Ledger.BookmarkAsync(Bookmark, cancellationToken) is { } text && long.TryParse(text, CultureInfo.InvariantCulture, out var milliseconds)
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : now;

    private async Task KeepHouseAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        var days = await finders.Rates.MeasureAsync(warn: false, cancellationToken);
        if (days > RateAge.WarnDays)
            await raiser.RaiseAsync([new AlertCandidate(finders.Bodies.RatesStale(days, RateAge.WarnDays), AlertMark.Of(AlertKinds.RatesStale, now + StaleRepeat))], cancellationToken);
        while (await stores.Alerts.ForgetAsync(
            now - TimeSpan.FromDays(options.Alerts.RetentionDays), now - TimeSpan.FromDays(1), SpendVelocity.DayOf(now) - 8, cancellationToken))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }
    }
}
