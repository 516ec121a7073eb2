using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Rates;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Distributed.Redis;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Distributed;

/// <summary>
/// The parts of the distributed mode, put together and kept going: counters in Redis, ledger in Postgres, the spool on disk, and the loops between them,
/// which run until it is disposed, through the last call of a shutdown.
/// </summary>
internal sealed class DistributedStore : IAsyncDisposable
{
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);

    private readonly RedisLink _link;
    private readonly Shards _shards;
    private readonly Spool _spool;
    private readonly string? _before;
    private readonly RecoveryTables _tables;
    private readonly Counters _counters;
    private readonly OwnCalls _own;
    private readonly Outbox _outbox;
    private readonly PostgresLedger _ledger;
    private readonly Recovery _recovery;
    private readonly StoreLoops _loops;

    private DistributedStore(DistributedOptions options, RedisLink link, PostgresDatabase database, StoreTime time, ILoggerFactory loggers)
    {
        _link = link;
        Database = database;
        _spool = new Spool(options.DataDirectory);
        var owner = Guid.CreateVersion7(time.Clock.GetUtcNow()).ToString("N");
        (_before, var drainer) = _spool.ChangeOwner(owner);
        _shards = new Shards(link, time, owner);
        _own = new OwnCalls(_shards);
        _tables = new RecoveryTables(database);
        var ledger = new PostgresLedger(database);
        _outbox = new Outbox(link, ledger, drainer, time.Clock, loggers.CreateLogger<Outbox>());
        var generations = new Generations(_shards);
        var scripts = new CounterScripts(_shards, generations);
        var counting = new BudgetCounting(scripts, _outbox, ledger);
        var bookings = new Bookings(scripts, _outbox, ledger);
        var drift = new DriftCheck(scripts, _outbox, ledger);
        var decision = new ReserveDecision(_shards, generations, bookings.Definitions, counting, drift);
        _counters = new Counters(
            scripts, counting, new CounterReads(scripts, counting), bookings, drift, decision,
            new StandingReservations(scripts, decision, _tables.Standing, ledger, _outbox));
        var sources = new RecoverySources(_shards, _own, _outbox, ledger, _tables);
        _recovery = new Recovery(_shards, generations, sources, loggers.CreateLogger<Recovery>());
        generations.Lost = _ => _recovery.Begin();
        link.Restored = () =>
        {
            // What is behind the connection now is looked at before it is believed.
            foreach (var shard in _shards.All)
                shard.Close();
        };
        Reservations = new RedisReservationStore(_shards, generations, _own, _counters, _spool);
        Ledger = new DistributedLedger(_shards, _outbox, _counters.Bookings, ledger);
        Insight = new InsightStore(database, link, _own, Reservations, TimeProvider.System);
        Replay = new SpoolReplay(Reservations, _shards, _own, _counters.Bookings, _spool);
        _loops = new StoreLoops(Reservations, sources, _outbox, Replay, loggers.CreateLogger<StoreLoops>());
        _ledger = ledger;
    }

    public PostgresDatabase Database { get; }

    public RedisReservationStore Reservations { get; }

    public DistributedLedger Ledger { get; }

    /// <summary>What is kept for those who look on.</summary>
    public InsightStore Insight { get; }

    /// <summary>Books what the spool holds.</summary>
    public SpoolReplay Replay { get; }

    /// <summary>Open calls of this proxy.</summary>
    public long OpenReservations => _own.Count;

    /// <summary>Entries that are in Redis and not yet let go there: what Postgres lags behind.</summary>
    public long OutboxLength => Reservations.OutboxLength;

    /// <summary>How long the oldest of them has been there, ms.</summary>
    public long OutboxMilliseconds => Reservations.OutboxMilliseconds;

    /// <summary>Ends of calls that wait on this machine's disk.</summary>
    public long Spooled => _spool.Count;

    public long DeadLetters => _outbox.DeadLetters;

    public long Recoveries => _recovery.Led;

    /// <summary>The present budgets of a tenant, for what is booked without a reservation: set once the directory is there.</summary>
    public Func<string, IReadOnlyList<Budget>> BudgetsOf
    {
        get => _counters.Bookings.BudgetsOf;
        set => _counters.Bookings.BudgetsOf = value;
    }

    /// <summary>
    /// Connects, applies migrations, makes counters that are not there, books what a process before this one left in the data directory, and charges
    /// that one's open reservations.
    /// </summary>
    /// <param name="clock">This process's clock.</param>
    /// <param name="clockDecides">True in tests: the store's windows go by <paramref name="clock"/> instead of Redis's own.</param>
    /// <exception cref="StoreUnavailableException">Redis or Postgres can't be reached.</exception>
    /// <exception cref="InvalidOperationException">The data directory is another's, or the database is a newer version's.</exception>
    public static async Task<DistributedStore> OpenAsync(
        DistributedOptions options, TimeProvider clock, bool clockDecides, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var database = new PostgresDatabase(options.Postgres);
        RedisLink? link = null;
        DistributedStore? store = null;
        try
        {
            await PostgresMigrations.ApplyAsync(database.Source, cancellationToken);
            link = await RedisLink.ConnectAsync(options.Redis, options.Deadline, TimeProvider.System);
            await RedisChecks.RunAsync(link, loggers.CreateLogger<RedisLink>());
            store = new DistributedStore(options, link, database, new StoreTime(clock, clockDecides), loggers);
            await store._outbox.EnsurePartitionsAsync(cancellationToken);
            await store._ledger.PublishRatesAsync(RateCard.Shipped, cancellationToken);
            await store.StartAsync(cancellationToken);
            return store;
        }
        catch
        {
            if (store is not null)
                await store.AbandonAsync();
            link?.Dispose();
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends in order: the ledger has what was settled here, and no recovery waits for this proxy.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loops.StopAsync();
        try
        {
            using var limit = new CancellationTokenSource(CloseLimit);
            await Replay.RunAsync().WaitAsync(limit.Token);
            foreach (var shard in _shards.All)
            {
                while (await _outbox.DrainAsync(shard, limit.Token) > 0)
                {
                    // Until there is nothing left.
                }
            }

            if (_own.Count == 0)
                await _tables.LeaveAsync(_shards.Owner, limit.Token);
        }
        catch (Exception)
        {
            // Whatever it is: other proxies take the outbox over; the spool is replayed at the next start.
        }

        await AbandonAsync();
    }

    /// <summary>Goes on without heartbeats or answers, as a process that stands still looks from outside.</summary>
    internal Task SilenceAsync() => _loops.StopAsync();

    /// <summary>Lets go of everything as it stands.</summary>
    internal async ValueTask AbandonAsync()
    {
        await _loops.StopAsync();
        _loops.Dispose();
        _outbox.Dispose();
        _link.Dispose();
        _spool.Dispose();
        await Database.DisposeAsync();
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_before is not null)
            await _tables.LeaveAsync(_before, cancellationToken);
        _loops.StartAnswering();
        while (!await _recovery.TryAsync(cancellationToken))
            await Task.Delay(100, cancellationToken);
        // Those of now, until there is a directory that follows their changes.
        var directory = DirectorySnapshot.Of(await new PostgresDirectoryStore(Database).LoadAsync(cancellationToken));
        BudgetsOf = tenant => directory.FindTenant(tenant)?.Budgets ?? [];
        await Replay.EndAdmittedAsync();
        await Replay.RunAsync();
        foreach (var shard in _shards.All)
            await Reservations.BeatAsync(shard, _before ?? "", int.MaxValue);
        _loops.StartWorking();
    }
}
