using System.Collections.Concurrent;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Insight;

/// <summary>
/// Knows which budgets are nearest their limits without reading every counter at each question: tenants that spend are looked at again every few seconds,
/// the others in turn, as far as a look may take; and only while somebody asks.
/// </summary>
public sealed partial class NearestBudgets(
    TenantDirectory directory, CounterViews counters, ILedger ledger, TimeProvider clock, ILogger<NearestBudgets> logger) : BackgroundService
{
    /// <summary>Counters that are remembered of each tenant.</summary>
    private const int MostOfTenant = 10;

    /// <summary>Tenants that are read together.</summary>
    private const int AtOnce = 50;

    /// <summary>Budgets up to which all are looked at when somebody asks.</summary>
    private const int FewBudgets = 200;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>What one look may take; what it did not reach comes in the next.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>So long after the last question it goes on looking.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>By tenant, nearest first, each with its share.</summary>
    private readonly ConcurrentDictionary<string, IReadOnlyList<(decimal Share, BudgetState State)>> _known = new(StringComparer.Ordinal);
    private readonly Queue<string> _turn = new();
    private readonly SemaphoreSlim _looking = new(1);
    private DateTimeOffset _spentSince;
    private long _asked;

    /// <summary>(Spent + held) ÷ limit, to four decimals. Of a limit of 0, which is there to refuse every call, 0 until something is spent all the same.</summary>
    public static decimal ShareOf(BudgetState state) => state.Limit > 0
        ? decimal.Round((state.Spent + (decimal)state.Held) / state.Limit, 4)
        : state.Spent + state.Held > 0 ? 1 : 0;

    /// <summary>The counters nearest their limits, nearest first, as they stand now.</summary>
    /// <param name="tenant">Null = of all tenants.</param>
    public async Task<IReadOnlyList<BudgetState>> FindAsync(string? tenant, int most, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _asked, clock.GetUtcNow().UtcTicks);
        if (tenant is not null)
            await ReadAsync([tenant], cancellationToken);
        else if (directory.Current.Tenants.Sum(one => one.Budgets.Count) <= FewBudgets)
            await LookAsync(all: true, cancellationToken);
        else if (_known.IsEmpty)
            await LookAsync(all: false, cancellationToken);
        var nearest = new List<BudgetState>();
        foreach (var state in tenant is null ? Top(most) : (_known.GetValueOrDefault(tenant) ?? []).Take(most).Select(known => known.State).ToList())
        {
            // As it is defined now: its limit may have changed since it was looked at.
            if (directory.Current.FindBudget(state.Budget.Tenant, state.Budget.Name) is { Mode: BudgetMode.Enforce } present && IsCountedAs(present, state.Budget))
                nearest.Add(await counters.NowAsync(present, state.ScopeValue, cancellationToken));
        }

        return [.. nearest.OrderByDescending(ShareOf)];
    }

    /// <summary>The nearest of all that are known: one pass, whatever their number.</summary>
    private List<BudgetState> Top(int most)
    {
        var top = new PriorityQueue<BudgetState, decimal>(most + 1);
        foreach (var (_, states) in _known)
        {
            foreach (var (share, state) in states)
            {
                if (top.Count == most && top.TryPeek(out _, out var least) && share <= least)
                    break;
                top.Enqueue(state, share);
                if (top.Count > most)
                    top.Dequeue();
            }
        }

        return [.. top.UnorderedItems.OrderByDescending(one => one.Priority).Select(one => one.Element)];
    }

    /// <summary>The share of each of these tenants' tightest budget as of the last commit; no entry = it has none that is enforced.</summary>
    public async Task<IReadOnlyDictionary<string, decimal>> TightestAsync(IReadOnlyList<string> tenants, CancellationToken cancellationToken)
    {
        await ReadAsync(tenants, cancellationToken);
        var shares = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var tenant in tenants)
        {
            if (_known.GetValueOrDefault(tenant) is [var tightest, ..])
                shares[tenant] = tightest.Share;
        }

        return shares;
    }

    public override void Dispose()
    {
        _looking.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Once at the start, so that whoever asks first need not wait for it.
        Volatile.Write(ref _asked, (clock.GetUtcNow() - Patience + Period).UtcTicks);
        using var timer = new PeriodicTimer(Period, clock);
        var works = true;
        do
        {
            if (clock.GetUtcNow().UtcTicks - Volatile.Read(ref _asked) > Patience.Ticks)
                continue;
            try
            {
                await LookAsync(all: false, stoppingToken);
                works = true;
            }
            catch (StoreUnavailableException unavailable)
            {
                if (works)
                    Log.Failed(logger, unavailable);
                works = false;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Looks at those that have spent since the last time, dearest first, then at others in turn.</summary>
    /// <param name="all">However long it takes.</param>
    private async Task LookAsync(bool all, CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            var begun = clock.GetTimestamp();
            var now = clock.GetUtcNow();
            // The first time those of the month, so that the dearest are known soon; a second more each time, for clocks that differ.
            var since = _spentSince == default ? new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero) : _spentSince.AddSeconds(-1);
            var spent = all ? [] : await ledger.TotalsAsync(new LedgerFilter(From: since), UsageGroups.Tenant, cancellationToken);
            _spentSince = now;
            if (all || _turn.Count == 0)
                StartTurn();
            foreach (var tenants in spent.OrderByDescending(total => total.Cost.Value).Select(total => total.Tenant!).Chunk(AtOnce))
            {
                if (clock.GetElapsedTime(begun) > Look / 2)
                    break;
                await ReadAsync(tenants, cancellationToken);
            }

            while (_turn.Count > 0 && (all || clock.GetElapsedTime(begun) < Look))
                await ReadAsync([.. Enumerable.Range(0, Math.Min(AtOnce, _turn.Count)).Select(_ => _turn.Dequeue())], cancellationToken);
        }
        finally
        {
            _looking.Release();
        }
    }

    private static bool IsCountedAs(Budget present, Budget before) => ReferenceEquals(present, before) || present.Shape == before.Shape;

    private void StartTurn()
    {
        _turn.Clear();
        var snapshot = directory.Current;
        foreach (var tenant in snapshot.Tenants)
            _turn.Enqueue(tenant.Id);
        foreach (var gone in _known.Keys.Where(tenant => snapshot.FindTenant(tenant) is null).ToList())
            _known.TryRemove(gone, out _);
    }

    private async Task ReadAsync(IReadOnlyList<string> tenants, CancellationToken cancellationToken)
    {
        var snapshot = directory.Current;
        var budgets = tenants.SelectMany(tenant => snapshot.FindTenant(tenant)?.Budgets ?? []).Where(budget => budget.Mode == BudgetMode.Enforce).ToList();
        var states = budgets.Count == 0 ? [] : await counters.FullestAsync(budgets, MostOfTenant, cancellationToken);
        var own = states.ToLookup(state => state.Budget.Tenant, StringComparer.Ordinal);
        foreach (var tenant in tenants)
        {
            if (own.Contains(tenant))
                _known[tenant] = [.. own[tenant].Select(state => (Share: ShareOf(state), State: state)).OrderByDescending(known => known.Share).Take(MostOfTenant)];
            else
                _known.TryRemove(tenant, out _);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6102, LogLevel.Warning, "Which budgets are nearest their limits can't be read just now; tried again every few seconds.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
