using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;
using Microsoft.Extensions.Logging.Abstractions;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Distributed;

/// <summary>Several stores in one process on one Redis of their own and one database, as proxies would have them.</summary>
internal sealed class StoreFleet : IAsyncDisposable
{
    private readonly List<TempFolder> _folders = [];
    private readonly string _postgres;
    private readonly TimeSpan _deadline;

    private StoreFleet(RedisServer redis, string postgres, TimeSpan deadline)
    {
        Redis = redis;
        _postgres = postgres;
        _deadline = deadline;
    }

    public RedisServer Redis { get; }

    public TestClock Clock { get; } = new();

    public List<DistributedStore> Stores { get; } = [];

    public static async Task<StoreFleet> StartAsync(int stores, TimeSpan? deadline = null)
    {
        var fleet = new StoreFleet(await RedisServer.StartAsync(), await SharedPostgres.CreateDatabaseAsync(), deadline ?? TimeSpan.FromSeconds(2));
        for (var i = 0; i < stores; i++)
        {
            fleet._folders.Add(new TempFolder());
            fleet.Stores.Add(await fleet.OpenAsync(i));
        }

        return fleet;
    }

    /// <summary>Puts a budget into the directory, as an admin does; it is counted when a call first meets it.</summary>
    public async Task DefineAsync(Budget budget)
    {
        var directory = new PostgresDirectoryStore(Stores[0].Database);
        await directory.SaveTenantAsync(new Tenant { Id = budget.Tenant }, CancellationToken.None);
        await directory.SaveBudgetAsync(budget, CancellationToken.None);
    }

    /// <summary>One store dies as it stands and is opened again on its data directory.</summary>
    public async Task CrashAsync(int store)
    {
        await Stores[store].AbandonAsync();
        Stores[store] = await OpenAsync(store);
    }

    /// <summary>Opens a store that was let go of on its data directory.</summary>
    public async Task OpenAgainAsync(int store) => Stores[store] = await OpenAsync(store);

    public Reservation Call(long amount, params Budget[] budgets) => Scenario().Call(amount, budgets);

    public Task<ReserveOutcome> ReserveAsync(int store, Reservation call) => Stores[store].Reservations.ReserveAsync(call, CancellationToken.None).AsTask();

    /// <summary>Reserves again and again, with a new id each time, until the store is there.</summary>
    public async Task<ReserveOutcome> ReserveAgainAsync(int store, long amount, params Budget[] budgets)
    {
        ReserveOutcome? outcome = null;
        await Poll.UntilAsync(
            async () =>
            {
                try
                {
                    outcome = await ReserveAsync(store, Call(amount, budgets));
                    return true;
                }
                catch (StoreUnavailableException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(20),
            "a call is decided again");
        return outcome!.Value;
    }

    public Task<SettleOutcome> SettleAsync(int store, Guid id, long cost) =>
        Stores[store].Reservations.SettleAsync("acme", id, StoreScenario.Cost(cost), CancellationToken.None).AsTask();

    public async Task<(long Spent, long Held)> CounterAsync(Budget budget)
    {
        var state = Assert.Single(await Stores[0].Reservations.ReadAsync([budget], CancellationToken.None));
        return (state.Spent, state.Held);
    }

    /// <summary>Waits until a counter says so.</summary>
    public Task UntilAsync(Budget budget, long spent, long held) => Poll.UntilAsync(
        async () =>
        {
            try
            {
                return await CounterAsync(budget) == (spent, held);
            }
            catch (StoreUnavailableException)
            {
                return false;
            }
        },
        TimeSpan.FromSeconds(20),
        $"{budget.Name} has {spent} spent and {held} held");

    public async Task<List<LedgerEntry>> EntriesAsync()
    {
        var entries = new List<LedgerEntry>();
        await foreach (var entry in Stores[0].Ledger.StreamAsync(new LedgerFilter(), CancellationToken.None))
            entries.Add(entry);
        return entries;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in Stores)
            await store.AbandonAsync();
        foreach (var folder in _folders)
            folder.Dispose();
        await Redis.DisposeAsync();
    }

    private StoreScenario Scenario() => new(null!, Clock);

    private Task<DistributedStore> OpenAsync(int store) => DistributedStore.OpenAsync(
        new DistributedOptions(Redis.ConnectionString, _postgres, _folders[store].Path, _deadline), Clock, clockDecides: true, NullLoggerFactory.Instance,
        CancellationToken.None);
}
