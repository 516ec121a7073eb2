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
        var budget = StoreScenario.Money("b", 1_000, "minute", per: BudgetProxy.Core.Budgets.BudgetDimension.User);
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
