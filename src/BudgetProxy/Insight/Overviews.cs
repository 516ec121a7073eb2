using System.Collections.Concurrent;
using System.Globalization;
using BudgetProxy.Admin;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;

namespace BudgetProxy.Insight;

/// <summary>Puts together what an admin sees first. Everyone's is made again at most once a second, however many look, and beside whoever looks where it was made a moment ago.</summary>
public sealed class Overviews(ILedger ledger, IInsightStore store, TenantDirectory directory, NearestBudgets nearest, TimeProvider clock) : IDisposable
{
    /// <summary>Days that can be asked for.</summary>
    public const int MostDays = 90;

    private const string Other = "other";
    private const int MostSeries = 7;
    private const int MostTop = 10;
    private const int MostRefusals = 50;

    /// <summary>Tenants whose days are looked at for the dearest: those that were dearest in the calendar months that the days lie in.</summary>
    private const int MostCandidates = 21;

    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    /// <summary>With ten thousand tenants it takes a while to make; nobody waits for that who was there a moment ago.</summary>
    private static readonly TimeSpan MostOld = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<int, RecentAnswer<OverviewDocument>> _everyones = new();

    /// <param name="tenant">Null = all tenants.</param>
    /// <param name="days">1 to <see cref="MostDays"/>.</param>
    /// <exception cref="Reservations.StoreUnavailableException">The store can't be read.</exception>
    public Task<OverviewDocument> MakeAsync(string? tenant, int days, CancellationToken cancellationToken) => tenant is null
        ? _everyones.GetOrAdd(days, wanted => new RecentAnswer<OverviewDocument>(Kept, MostOld, stop => MakeNowAsync(null, wanted, stop), clock)).GetAsync(cancellationToken)
        : MakeNowAsync(tenant, days, cancellationToken);

    public void Dispose()
    {
        foreach (var answer in _everyones.Values)
            answer.Dispose();
    }

    /// <summary>What does not go by each other is read side by side; an answer may be of instants that lie some milliseconds apart.</summary>
    private async Task<OverviewDocument> MakeNowAsync(string? tenant, int days, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var span = new OverviewSpan(now, days);
        var reading = ledger.TotalsAsync(
            [
                new(new LedgerFilter(tenant, From: span.Today), UsageGroups.None),
                new(new LedgerFilter(tenant, From: span.Month), UsageGroups.None),
                new(new LedgerFilter(tenant, From: span.First), UsageGroups.Day | UsageGroups.Provider | UsageGroups.Model),
                new(new LedgerFilter(tenant, From: span.FirstHour), UsageGroups.Hour),
            ],
            cancellationToken).AsTask();
        var spending = tenant is null ? SpendersAsync(span, cancellationToken) : null;
        var users = tenant is null ? null : ledger.TotalsAsync(new LedgerFilter(tenant, From: span.Month), UsageGroups.User, cancellationToken).AsTask();
        var refusing = store.RefusalsAsync(tenant, span.FirstRefusal, MostRefusals, cancellationToken).AsTask();
        var filling = nearest.FindAsync(tenant, MostTop, cancellationToken);
        await Task.WhenAll(reading, refusing, filling, spending ?? Task.CompletedTask, users ?? Task.CompletedTask);
        var (sums, refusals, fullest) = (await reading, await refusing, await filling);
        var spent = sums[2];
        var document = new OverviewDocument(
            Names.Of(now), days, Spend(sums[0], refusals.Hours, span.Today), Spend(sums[1], refusals.Hours, span.Month), Budgeted(tenant).ToString(),
            Series(spent, span), Hours(sums[3], refusals.Hours, span), Models(spent), [.. refusals.Recent.Where(count => count.LastAt >= span.First).Select(Refused)],
            Codes(refusals.Hours, span.First), Cache(spent), Estimates(spent), [.. fullest.Select(NearestDocument.Of)]);
        if (users is not null)
            return document with { Users = Users(await users) };
        var spenders = await spending!;
        return document with { Tenants = Tenants(spenders.Month), TenantSeries = TenantSeries(spenders, spent, span) };
    }

    /// <summary>
    /// Who has spent in this month, and the days of those who may be the dearest of the days: these are among the dearest of the months they lie in, or so nearly
    /// that a chart does not show it.
    /// </summary>
    private async Task<OverviewSpenders> SpendersAsync(OverviewSpan span, CancellationToken cancellationToken)
    {
        // The months before end where the present one begins, so that no row is read twice.
        var earlier = span.FirstMonth < span.Month
            ? ledger.TotalsAsync(new LedgerFilter(From: span.FirstMonth, To: span.Month), UsageGroups.Tenant, cancellationToken).AsTask()
            : Task.FromResult<IReadOnlyList<UsageTotal>>([]);
        var month = await ledger.TotalsAsync(new LedgerFilter(From: span.Month), UsageGroups.Tenant, cancellationToken);
        var costs = new Dictionary<string, Int128>(StringComparer.Ordinal);
        foreach (var total in month.Concat(await earlier))
            costs[total.Tenant!] = costs.GetValueOrDefault(total.Tenant!) + total.Cost.Value;
        var candidates = costs.OrderByDescending(tenant => tenant.Value).ThenBy(tenant => tenant.Key, StringComparer.Ordinal).Take(MostCandidates).Select(tenant => tenant.Key);
        var days = await ledger.TotalsAsync(
            [.. candidates.Select(candidate => new UsageQuestion(new LedgerFilter(candidate, From: span.First), UsageGroups.Tenant | UsageGroups.Day))], cancellationToken);
        return new OverviewSpenders(month, costs.Count, days);
    }

    private static SpendDocument Spend(IReadOnlyList<UsageTotal> totals, IReadOnlyList<RefusalHour> refused, DateTimeOffset from)
    {
        var count = refused.Where(hour => hour.Hour >= from).Sum(hour => hour.Count);
        return totals is [var sum]
            ? new SpendDocument(sum.Requests, count, sum.Cost.ToString(), sum.Charged.ToString(), sum.Usage.Total)
            : new SpendDocument(0, count, NanoUsd.Zero.ToString(), NanoUsd.Zero.ToString(), 0);
    }

    private static List<ModelDayDocument> Series(IReadOnlyList<UsageTotal> spent, OverviewSpan span)
    {
        var dearest = spent.GroupBy(total => total.Model!, StringComparer.Ordinal).OrderByDescending(Cost)
            .ThenBy(model => model.Key, StringComparer.Ordinal).Take(MostSeries).Select(model => model.Key).ToList();
        var byDay = spent.ToLookup(total => (total.Day!.Value, dearest.Contains(total.Model!) ? total.Model! : Other));
        List<string> models = [.. dearest, .. spent.Any(total => !dearest.Contains(total.Model!)) || dearest.Count == 0 ? [Other] : Array.Empty<string>()];
        return
        [
            .. from day in span.Dates
               from model in models
               let sums = byDay[(day, model)]
               select new ModelDayDocument(Text(day), model, sums.Sum(sum => sum.Requests), Cost(sums).ToString()),
        ];
    }

    private static List<HourDocument> Hours(IReadOnlyList<UsageTotal> spent, IReadOnlyList<RefusalHour> refused, OverviewSpan span)
    {
        var byHour = spent.ToDictionary(total => total.Hour!.Value);
        var refusedByHour = refused.Where(hour => hour.Hour >= span.FirstHour).ToLookup(hour => hour.Hour);
        return
        [
            .. from hour in span.Hours
               let sum = byHour.GetValueOrDefault(hour)
               select new HourDocument(
                   Names.Of(hour), sum?.Requests ?? 0, refusedByHour[hour].Sum(code => code.Count), (sum?.Cost ?? NanoUsd.Zero).ToString()),
        ];
    }

    private static List<TopModelDocument> Models(IReadOnlyList<UsageTotal> spent) =>
    [
        .. spent.GroupBy(total => (Provider: total.Provider!, Model: total.Model!)).OrderByDescending(Cost).Take(MostTop)
            .Select(model => new TopModelDocument(model.Key.Provider, model.Key.Model, model.Sum(day => day.Requests), Cost(model).ToString())),
    ];

    private static RefusalDocument Refused(RefusalCount count) => new(
        count.Code, Present(count.Budget), Present(count.Tenant), count.Count, Names.Of(count.LastAt), Present(count.Model));

    private static List<RefusalCodeDocument> Codes(IReadOnlyList<RefusalHour> refused, DateTimeOffset from) =>
    [
        .. refused.Where(hour => hour.Hour >= from).GroupBy(hour => hour.Code, StringComparer.Ordinal)
            .Select(code => new RefusalCodeDocument(code.Key, code.Sum(hour => hour.Count))).OrderByDescending(code => code.Count),
    ];

    private static CacheDocument Cache(IReadOnlyList<UsageTotal> spent) => new(
        Tokens(spent, total => total.Usage.TotalInput), Tokens(spent, total => total.Usage.CachedInput), Sum(spent, total => total.CacheSaved).ToString());

    private static EstimatesDocument Estimates(IReadOnlyList<UsageTotal> spent) => new(
        spent.Sum(total => total.Requests), Sum(spent, total => total.Reserved).ToString(), Cost(spent).ToString(),
        Sum(spent, total => total.Overrun).ToString(), spent.Sum(total => total.Overruns));

    private static List<TopUserDocument> Users(IReadOnlyList<UsageTotal> spent) =>
    [
        .. spent.OrderByDescending(user => user.Cost.Value).Take(MostTop).Select(user => new TopUserDocument(user.User, user.Requests, user.Cost.ToString())),
    ];

    private static NanoUsd Cost(IEnumerable<UsageTotal> totals) => Sum(totals, total => total.Cost);

    private static long Tokens(IEnumerable<UsageTotal> totals, Func<UsageTotal, long> part) => Sum(totals, total => new NanoUsd(part(total))).Value;

    private static NanoUsd Sum(IEnumerable<UsageTotal> totals, Func<UsageTotal, NanoUsd> part) => NanoUsd.Sum(totals.Select(part));

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Present(string text) => text.Length == 0 ? null : text;

    private List<TopTenantDocument> Tenants(IReadOnlyList<UsageTotal> spent)
    {
        var all = Math.Max(1, Cost(spent).Value);
        return
        [
            .. spent.OrderByDescending(tenant => tenant.Cost.Value).Take(MostTop).Select(tenant => new TopTenantDocument(
                tenant.Tenant!, directory.Current.FindTenant(tenant.Tenant!)?.Name, tenant.Requests, tenant.Cost.ToString(),
                decimal.Round((decimal)tenant.Cost.Value / all, 4))),
        ];
    }

    private static List<TenantDayDocument> TenantSeries(OverviewSpenders spenders, IReadOnlyList<UsageTotal> spent, OverviewSpan span)
    {
        var dearest = spenders.Days.Where(own => own.Count > 0).OrderByDescending(Cost).Take(MostSeries).ToList();
        var all = spent.ToLookup(total => total.Day!.Value);
        var series = new List<TenantDayDocument>();
        foreach (var day in span.Dates)
        {
            var rest = Cost(all[day]);
            foreach (var own in dearest)
            {
                var cost = own.FirstOrDefault(sum => sum.Day == day)?.Cost ?? NanoUsd.Zero;
                rest = NanoUsd.Less(rest, cost);
                series.Add(new TenantDayDocument(Text(day), own[0].Tenant!, cost.ToString()));
            }

            // What was booked between the reads is in the dearest alone: the others have not spent less than nothing for it.
            if (spenders.Count > dearest.Count || dearest.Count == 0)
                series.Add(new TenantDayDocument(Text(day), Other, NanoUsd.Max(rest, NanoUsd.Zero).ToString()));
        }

        return series;
    }

    private NanoUsd Budgeted(string? tenant)
    {
        var snapshot = directory.Current;
        IEnumerable<Tenant> tenants = tenant is null ? snapshot.Tenants : snapshot.FindTenant(tenant) is { } found ? [found] : [];
        Int128 sum = 0;
        foreach (var budget in tenants.SelectMany(one => one.Budgets))
        {
            if (budget is { LimitKind: LimitKind.Usd, Mode: BudgetMode.Enforce, Per: null, Match.Count: 0, Window.Kind: WindowKind.Month })
                sum += budget.Limit;
        }

        return new NanoUsd((long)Int128.Min(sum, long.MaxValue));
    }
}
