using BudgetProxy.Alerts;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Embedded;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Alerts;

/// <summary>What finds alerts, over a real embedded store whose clock the test moves.</summary>
internal sealed class FinderScene : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly EmbeddedDatabase _database;
    private readonly EmbeddedStore _store;
    private readonly ProxyMetrics _metrics = new(new RefusalTally(TimeProvider.System));

    public FinderScene()
    {
        _database = new EmbeddedDatabase(_folder.Path);
        _store = new EmbeddedStore(_database, Clock);
        Directory = new TenantDirectory(new SqliteDirectoryStore(_database), _store, Clock);
        Bodies = new AlertBodies(Clock);
        Store = new SqliteAlertStore(_database);
        Thresholds = new ThresholdCheck(Directory, _store, Bodies, Clock);
        Velocity = new SpendVelocity(Store, new SqliteSpendSource(_database), Bodies, new ProxyOptions(), Clock);
        Raiser = new AlertRaiser(Store, new ProxyOptions(), new AlertMetrics(_metrics), Clock);
    }

    public TestClock Clock { get; } = new();

    public TenantDirectory Directory { get; }

    public AlertBodies Bodies { get; }

    public IAlertStore Store { get; }

    public ThresholdCheck Thresholds { get; }

    public SpendVelocity Velocity { get; set; }

    public AlertRaiser Raiser { get; }

    public static async Task<FinderScene> StartAsync()
    {
        var scene = new FinderScene();
        await scene.Directory.StartAsync(null, default);
        await scene.Directory.PutTenantAsync(new Tenant { Id = "acme" }, default);
        return scene;
    }

    /// <summary>Starts judging afresh, as another proxy would.</summary>
    public SpendVelocity AnotherVelocity() => new(Store, new SqliteSpendSource(_database), Bodies, new ProxyOptions(), Clock);

    public async Task<Budget> PutBudgetAsync(string window, long limit, LimitKind kind = LimitKind.Usd, params int[] percents)
    {
        Assert.True(BudgetWindow.TryParse(window, TimeZoneInfo.Utc, out var parsed));
        var budget = new Budget { Tenant = "acme", Name = "b", LimitKind = kind, Limit = limit, Window = parsed, AlertAtPercent = percents };
        await Directory.PutBudgetAsync(budget, default);
        return budget;
    }

    /// <summary>Books an entry of now.</summary>
    public async Task SpendAsync(long cost, string tenant = "acme")
    {
        var entry = new LedgerEntry
        {
            Id = Guid.CreateVersion7(Clock.Now),
            RequestId = Guid.CreateVersion7(Clock.Now),
            Tenant = tenant,
            Key = "key_1",
            Provider = "openai",
            Api = "openai-chat",
            Model = "gpt-4o-mini",
            Basis = UsageBasis.Reported,
            Usage = default,
            Cost = new NanoUsd(cost),
            Charged = NanoUsd.Zero,
            Reserved = NanoUsd.Zero,
            Overrun = NanoUsd.Zero,
            StartedAt = Clock.Now,
            SettledAt = Clock.Now,
        };
        await _store.AppendAsync([entry], Directory.Current.FindTenant(tenant)?.Budgets ?? [], default);
    }

    /// <summary>Looks at the budget; answers the shares that rang now, in percent.</summary>
    public async Task<List<int>> RingAsync()
    {
        var before = (await AllAsync()).Select(alert => alert.Id).ToHashSet();
        await Raiser.RaiseAsync(await Thresholds.CheckAsync([new CounterKey("acme", "b", "")], default), default);
        return [.. (await AllAsync()).Where(alert => !before.Contains(alert.Id)).Select(PercentOf).Order()];
    }

    public async ValueTask DisposeAsync()
    {
        Raiser.Dispose();
        Directory.Dispose();
        _store.Dispose();
        _database.Dispose();
        _folder.Dispose();
        _metrics.Dispose();
        await Task.CompletedTask;
    }

    private static int PercentOf(Alert alert) =>
        (int)(System.Text.Json.JsonElement.Parse(alert.Body).GetProperty("data").GetProperty("threshold").GetDecimal() * 100);

    private ValueTask<IReadOnlyList<Alert>> AllAsync() => Store.AlertsAsync(new AlertQuery(null, null, null, 1000), default);
}
