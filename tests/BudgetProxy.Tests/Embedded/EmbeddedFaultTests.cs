using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Rates;
using BudgetProxy.Embedded;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Tests.Embedded;

public sealed class EmbeddedFaultTests : IDisposable
{
    private readonly TestClock _clock = new();
    private readonly EmbeddedStoreFactory _factory;
    private readonly StoreScenario _scenario;

    public EmbeddedFaultTests()
    {
        _factory = new EmbeddedStoreFactory(_clock);
        _scenario = new StoreScenario(_factory, _clock);
    }

    public void Dispose() => _scenario.Dispose();

    [Fact]
    public void A_second_proxy_on_the_same_directory_is_refused_and_told_why()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new EmbeddedDatabase(_factory.Folder));
        Assert.Contains("in use", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_of_a_newer_version_is_refused()
    {
        Execute("INSERT INTO schema_migrations (name) VALUES ('9999_future.sql')");
        _factory.Embedded.Dispose();
        _factory.Database.Dispose();
        Assert.Throws<InvalidOperationException>(() => new EmbeddedDatabase(_factory.Folder));
        Execute("DELETE FROM schema_migrations WHERE name = '9999_future.sql'");
        using var again = new EmbeddedDatabase(_factory.Folder);
    }

    [Fact]
    public async Task The_ledger_takes_no_edits()
    {
        var call = _scenario.Call(10, []);
        await _scenario.ReserveAsync(call);
        await _scenario.SettleAsync(call.Id, 10);
        Assert.Contains("append-only", Assert.Throws<SqliteException>(() => Execute("UPDATE ledger SET cost = 0")).Message, StringComparison.Ordinal);
        Assert.Contains("append-only", Assert.Throws<SqliteException>(() => Execute("DELETE FROM ledger")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_rate_can_be_looked_up()
    {
        await _factory.Embedded.PublishRatesAsync(RateCard.Shipped, CancellationToken.None);
        await _factory.Embedded.PublishRatesAsync(RateCard.Shipped, CancellationToken.None);
        Assert.Equal((long)RateCard.Shipped.Rates.Count, Scalar("SELECT COUNT(*) FROM rates"));
    }

    [Fact]
    public async Task A_failed_write_changes_nothing_and_the_store_goes_on_afterwards()
    {
        var budget = StoreScenario.Money("b", 1_000);
        var call = _scenario.Call(600, [budget]);
        await _scenario.ReserveAsync(call);

        Execute("ALTER TABLE ledger RENAME TO away");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _scenario.SettleAsync(call.Id, 100));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _scenario.SettleAsync(call.Id, 100));
        Assert.Equal((0, 600), await _scenario.CounterAsync(budget));
        Assert.True((await _scenario.ReserveAsync(_scenario.Call(500, [budget]))).Refusal!.HeldByOthers);

        Execute("ALTER TABLE away RENAME TO ledger");
        Assert.Equal(SettleOutcome.Resolved, await _scenario.SettleAsync(call.Id, 100));
        Assert.Equal((100, 0), await _scenario.CounterAsync(budget));
        Assert.Single(await _scenario.EntriesAsync());
    }

    [Fact]
    public async Task A_grant_that_cannot_be_written_is_not_given()
    {
        var budget = StoreScenario.Money("b", 1_000);
        await _scenario.ReadAsync(budget);
        Execute("ALTER TABLE reservations RENAME TO away");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => _scenario.ReserveAsync(_scenario.Call(600, [budget])));
        Execute("ALTER TABLE away RENAME TO reservations");
        Assert.Null((await _scenario.ReserveAsync(_scenario.Call(1_000, [budget]))).Refusal);
    }

    [Fact]
    public async Task One_step_that_fails_does_not_fail_those_beside_it()
    {
        var budget = StoreScenario.Money("b", 1_000_000);
        var calls = Enumerable.Range(0, 64).Select(_ => _scenario.Call(10, [budget])).ToList();
        await Task.WhenAll(calls.Select(call => _scenario.ReserveAsync(call)));
        await _scenario.VoidAsync(calls[0].Id);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
        {
            if (i % 8 != 0)
                return (object)await _scenario.SettleAsync(calls[i].Id, 1);
            return await Record.ExceptionAsync(() => _scenario.ReserveAsync(calls[0])) ?? throw new InvalidOperationException("A voided id was granted again.");
        })));
        Assert.Equal(56, outcomes.Count(o => o is SettleOutcome.Resolved));
        Assert.Equal(8, outcomes.Count(o => o is StoreUnavailableException));
        Assert.Equal((56, 70), await _scenario.CounterAsync(budget));
    }

    [Fact]
    public async Task A_fault_of_the_whole_store_fails_a_batch_once()
    {
        using var other = new EmbeddedStoreFactory(_clock);
        other.Embedded.Dispose();
        var session = new SqliteSession(other.Database.FilePath);
        using var books = new Books(session, _clock);
        session.Execute("PRAGMA busy_timeout = 1");
        using var sync = new WalSync(other.Database.FilePath, RandomAccess.FlushToDisk);
        using var checkpointer = new WalCheckpointer(new SqliteSession(other.Database.FilePath), () => 0);
        var queue = new CommitQueue(books, sync, checkpointer);
        using var holder = other.Database.OpenConnection();
        using var taken = holder.BeginTransaction();

        using ManualResetEventSlim begun = new(), go = new();
        var first = Task.Run(async () => await queue.RunAsync(
            (_, _) =>
            {
                begun.Set();
                go.Wait();
                return 0L;
            },
            0));
        begun.Wait(TestContext.Current.CancellationToken);
        var tried = 0;
        var batch = Enumerable.Range(0, 64).Select(_ => queue.RunAsync(
            (b, _) =>
            {
                tried++;
                return b.Ping();
            },
            0).AsTask()).ToList();
        go.Set();
        await first;
        foreach (var step in batch)
            await Assert.ThrowsAsync<StoreUnavailableException>(() => step);
        Assert.Equal(1, tried);
        taken.Rollback();
        await queue.RunAsync((b, _) => b.Ping(), 0);
    }

    [Fact]
    public async Task After_a_failed_flush_the_store_answers_no_ping()
    {
        using var other = new EmbeddedStoreFactory(_clock);
        other.Embedded.Dispose();
        using var store = new EmbeddedStore(other.Database, _clock, _ => throw new IOException("The disk is gone."));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
        {
            // The first writes, and hears of the flush; from then on no step is taken.
            await store.PingAsync(CancellationToken.None);
            await store.PingAsync(CancellationToken.None);
        });
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await store.PingAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Counters_that_agree_with_the_ledger_show_no_drift_and_others_show_how_much()
    {
        Budget each = StoreScenario.Money("each", 1_000, "rolling:PT1H", per: BudgetDimension.User), month = StoreScenario.Money("m", 1_000, "month");
        var calls = StoreScenario.Money("calls", 9, "lifetime") with { LimitKind = LimitKind.Requests };
        foreach (var user in new[] { "ann", "bob", "ann" })
        {
            var call = _scenario.Call(100, [each, month, calls], user);
            await _scenario.ReserveAsync(call);
            await _scenario.SettleAsync(call.Id, 70);
            _clock.Advance(TimeSpan.FromMinutes(5));
        }

        await _scenario.ReserveAsync(_scenario.Call(100, [each, month, calls], "ann"));
        Assert.Equal(0, await _factory.Embedded.MeasureDriftAsync(CancellationToken.None));
        Execute("UPDATE counters SET spent = spent + 5 WHERE shape_id = (SELECT id FROM budget_shapes WHERE budget = 'm')");
        _scenario.Crash();
        await _scenario.ReserveAsync(_scenario.Call(1, [each, month, calls], "ann"));
        Assert.Equal(5, await _factory.Embedded.MeasureDriftAsync(CancellationToken.None));
        await _scenario.SeedAsync(month);
        Assert.Equal(0, await _factory.Embedded.MeasureDriftAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_shape_that_a_late_call_brought_back_is_no_drift_and_goes_when_it_is_idle()
    {
        Budget day = StoreScenario.Money("b", 1_000), life = StoreScenario.Money("b", 1_000, "lifetime");
        var stale = _scenario.Call(10, [day]);
        await _scenario.SeedAsync(life);
        await _scenario.ReserveAsync(stale);
        await _scenario.SettleAsync(stale.Id, 10);
        var call = _scenario.Call(10, [life]);
        await _scenario.ReserveAsync(call);
        await _scenario.SettleAsync(call.Id, 10);
        Assert.Equal(0, await _factory.Embedded.MeasureDriftAsync(CancellationToken.None));
        Assert.Equal(2L, Scalar("SELECT COUNT(*) FROM budget_shapes"));
        _clock.Advance(TimeSpan.FromMinutes(30));
        await _scenario.ExpireAsync();
        Assert.Equal(1L, Scalar("SELECT COUNT(*) FROM budget_shapes"));
        Assert.Equal((20, 0), await _scenario.CounterAsync(life));
    }

    [Fact]
    public async Task A_deleted_budget_leaves_no_counters()
    {
        var life = StoreScenario.Money("b", 1_000, "lifetime");
        var call = _scenario.Call(10, [life]);
        await _scenario.ReserveAsync(call);
        await _scenario.SettleAsync(call.Id, 10);
        await _scenario.Store.ForgetAsync("acme", null, CancellationToken.None);
        Assert.Equal(0L, Scalar("SELECT (SELECT COUNT(*) FROM counters) + (SELECT COUNT(*) FROM budget_shapes)"));
    }

    [Fact]
    public async Task A_budget_is_summed_beside_the_writer_and_the_writer_adds_what_came_since()
    {
        using var other = new EmbeddedStoreFactory(_clock);
        var scenario = new StoreScenario(other, _clock);
        var call = scenario.Call(10, []);
        await scenario.ReserveAsync(call);
        await scenario.SettleAsync(call.Id, 10);
        var budget = StoreScenario.Money("b", 1_000, "lifetime");
        var before = new LedgerCheck(other.Database).Sum(budget, _clock.Now);
        var since = scenario.Call(7, []);
        await scenario.ReserveAsync(since);
        await scenario.SettleAsync(since.Id, 7);
        other.Embedded.Dispose();
        using var books = new Books(new SqliteSession(other.Database.FilePath), _clock);
        Assert.Equal(10, Assert.Single(before.Slots).Value.Spent);
        books.Seed(budget, before);
        Assert.Equal(17, Assert.Single(books.Peek([new Hold(budget, "", 0)])).Spent);
        books.Commit();
    }

    [Fact]
    public async Task A_flood_of_refusals_writes_nothing()
    {
        var budget = StoreScenario.Money("b", 0);
        await _scenario.ReserveAsync(_scenario.Call(1, [budget]));
        var before = _factory.Embedded.Commits;
        for (var i = 0; i < 1_000; i++)
            Assert.NotNull((await _scenario.ReserveAsync(_scenario.Call(1, [budget]))).Refusal);
        Assert.Equal(before, _factory.Embedded.Commits);
        Assert.Equal((0, 0), await _scenario.CounterAsync(budget));
    }

    [Fact]
    public async Task Counters_of_ended_windows_are_deleted()
    {
        var budget = StoreScenario.Money("b", 1_000, "minute", per: BudgetDimension.User);
        var call = _scenario.Call(10, [budget], "ann");
        await _scenario.ReserveAsync(call);
        await _scenario.SettleAsync(call.Id, 10);
        Assert.Equal(1L, Scalar("SELECT COUNT(*) FROM counters"));
        _clock.Advance(TimeSpan.FromDays(2));
        await _scenario.ExpireAsync();
        Assert.Equal(0L, Scalar("SELECT COUNT(*) FROM counters"));
    }

    private void Execute(string sql)
    {
        using var connection = _factory.Database.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using var connection = _factory.Database.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
