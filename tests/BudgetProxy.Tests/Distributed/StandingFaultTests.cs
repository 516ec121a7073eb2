using BudgetProxy.Core.Tokens;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Distributed;

/// <summary>Standing reservations through the loss of Redis, and through the end of a process between any two writes of a step.</summary>
public sealed class StandingFaultTests
{
    private static readonly (string?, string, long)[] Three = [("ann", "a", 100), ("bob", "b", 200), ("ann", "b", 300)];

    [Fact]
    public async Task Emptied_counters_hold_the_lines_again_although_no_living_proxy_knows_them()
    {
        await using var s = await StandingFleet.StartAsync(2);
        var batch = await s.ReservedAsync(Three);
        Assert.Equal(SettleOutcome.Resolved, await s.PartAsync(batch, 0, (0, 40)));
        await s.Fleet.Stores[0].AbandonAsync();
        s.Fleet.Stores.RemoveAt(0);
        await s.EmptyAsync();
        Assert.Equal("whole:=40+500 users:ann=40+300 users:bob=0+200 calls:=1+2", await s.StatesAsync());
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.PartAsync(batch, 0, (0, 40)));
        Assert.Equal(SettleOutcome.Resolved, await s.PartAsync(batch, 1, (2, 299)));
        await s.EmptyAsync();
        Assert.Equal("whole:=339+200 users:ann=339+0 users:bob=0+200 calls:=2+1", await s.StatesAsync());
        Assert.Equal(SettleOutcome.Resolved, await s.Store.VoidAsync("acme", batch.Id, CancellationToken.None));
        await s.RestartRedisAsync();
        Assert.Equal("whole:=339+0 users:ann=339+0 calls:=2+0", await s.StatesAsync());
        Assert.Equal([40, 299], await s.CostsAsync());
    }

    [Fact]
    public async Task What_was_presumed_can_still_be_taken_back_after_Redis_was_emptied()
    {
        await using var s = await StandingFleet.StartAsync();
        var batch = await s.ReservedAsync(Three);
        await s.PartAsync(batch, 0, (0, 40));
        s.Fleet.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(1, await s.Store.ExpireAsync(CancellationToken.None));
        Assert.Equal([40, 500], await s.CostsAsync());
        await s.EmptyAsync();
        Assert.Equal("whole:=540+0 users:ann=40+0 users:eve=500+0 calls:=2+0", await s.StatesAsync());
        Assert.Equal(SettleOutcome.Adjusted, await s.PartAsync(batch, 1, (1, 7)));
        await s.EmptyAsync();
        Assert.Equal("whole:=347+0 users:ann=40+0 users:bob=7+0 users:eve=300+0 calls:=3+0", await s.StatesAsync());
        Assert.Equal(SettleOutcome.Adjusted, await s.Store.VoidAsync("acme", batch.Id, CancellationToken.None));
        await s.EmptyAsync();
        Assert.Equal("whole:=47+0 users:ann=40+0 users:bob=7+0 calls:=3+0", await s.StatesAsync());
        Assert.Equal([-300, -200, 7, 40, 500], await s.CostsAsync());
    }

    [Fact]
    public async Task One_whose_time_ended_while_Redis_was_away_is_charged_once()
    {
        await using var s = await StandingFleet.StartAsync();
        await s.ReservedAsync(Three);
        s.Fleet.Clock.Advance(TimeSpan.FromDays(8));
        await s.EmptyAsync();
        Assert.Equal(1, await s.UntilAnsweredAsync(() => s.Store.ExpireAsync(CancellationToken.None)));
        Assert.Equal([600], await s.CostsAsync());
        await s.EmptyAsync();
        Assert.Equal(0, await s.UntilAnsweredAsync(() => s.Store.ExpireAsync(CancellationToken.None)));
        Assert.Equal([600], await s.CostsAsync());
        Assert.Equal(UsageBasis.Presumed, Assert.Single(await s.Fleet.EntriesAsync()).Basis);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reserve_that_died_before_it_was_granted_is_given_back(bool emptied)
    {
        await using var s = await StandingFleet.StartAsync();
        var batch = s.Batch(Three);
        await s.BreakAsync("UPDATE ON standing_reservations", "NEW.state = 1 AND OLD.state = 0");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await s.Store.ReserveAsync(batch.Reservation, CancellationToken.None));
        Assert.Equal("whole:=0+600 users:ann=0+400 users:bob=0+200 calls:=0+3", await s.StatesAsync());
        await s.MendAsync();
        await s.Fleet.CrashAsync(0);
        if (emptied)
        {
            await s.EmptyAsync();
            Assert.Equal("", await s.StatesAsync());
        }

        await s.Fleet.Stores[0].Reservations.SweepStandingAsync(TimeSpan.Zero, CancellationToken.None);
        Assert.Equal("", await s.StatesAsync());
        Assert.Equal(0, await s.ScalarAsync("SELECT count(*) FROM standing_reservations"));
        Assert.Equal(SettleOutcome.Unknown, await s.PartAsync(batch, 0, (0, 40)));
        Assert.Empty(await s.CostsAsync());
    }

    [Fact]
    public async Task A_reserve_that_died_before_it_was_granted_can_be_repeated()
    {
        await using var s = await StandingFleet.StartAsync();
        var batch = s.Batch(Three);
        await s.BreakAsync("UPDATE ON standing_reservations");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await s.Store.ReserveAsync(batch.Reservation, CancellationToken.None));
        await s.MendAsync();
        await s.Fleet.CrashAsync(0);
        Assert.Null((await s.Store.ReserveAsync(batch.Reservation, CancellationToken.None)).Refusal);
        await s.EmptyAsync();
        Assert.Null((await s.UntilAnsweredAsync(() => s.Store.ReserveAsync(batch.Reservation, CancellationToken.None))).Refusal);
        await s.Fleet.Stores[0].Reservations.SweepStandingAsync(TimeSpan.Zero, CancellationToken.None);
        Assert.Equal("whole:=0+600 users:ann=0+400 users:bob=0+200 calls:=0+3", await s.StatesAsync());
        Assert.Equal(SettleOutcome.Resolved, await s.PartAsync(batch, 0, (0, 40)));
    }

    [Fact]
    public async Task A_refused_reserve_leaves_no_row()
    {
        await using var s = await StandingFleet.StartAsync();
        Assert.NotNull((await s.Store.ReserveAsync(s.Batch(("ann", "a", 601)).Reservation, CancellationToken.None)).Refusal);
        Assert.Equal(0, await s.ScalarAsync("SELECT count(*) FROM standing_reservations"));
    }

    /// <param name="entriesToo">The part's entries stayed in Redis; else the outbox brought them to the ledger, only the row was not written.</param>
    /// <param name="redis">What became of Redis then.</param>
    [Theory]
    [InlineData(false, "kept")]
    [InlineData(false, "emptied")]
    [InlineData(false, "restarted")]
    [InlineData(true, "kept")]
    [InlineData(true, "emptied")]
    [InlineData(true, "restarted")]
    public async Task A_part_that_died_between_Redis_and_Postgres_is_booked_once(bool entriesToo, string redis)
    {
        await using var s = await StandingFleet.StartAsync(2);
        var batch = await s.ReservedAsync(Three);
        await (entriesToo ? s.BreakAsync("INSERT ON ledger") : s.BreakAsync("UPDATE ON standing_reservations"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => s.PartAsync(batch, 0, (0, 40), (1, 190)));
        Assert.Equal("whole:=230+300 users:ann=40+300 users:bob=190+0 calls:=2+1", await s.StatesAsync());
        if (!entriesToo)
            Assert.Equal(2, (await s.Fleet.EntriesAsync()).Count);
        if (redis == "emptied")
            await s.EmptyAsync();
        await s.MendAsync();
        await s.Fleet.CrashAsync(0);
        if (redis == "restarted")
            await s.RestartRedisAsync();

        // As counted now: with what has reached the ledger or Redis, and held wherever the row does not say that it has ended.
        Assert.Equal(
            (redis, entriesToo) switch
            {
                ("kept", _) => "whole:=230+300 users:ann=40+300 users:bob=190+0 calls:=2+1",
                ("emptied", true) => "whole:=0+600 users:ann=0+400 users:bob=0+200 calls:=0+3",
                _ => "whole:=230+600 users:ann=40+400 users:bob=190+200 calls:=2+3",
            },
            await s.StatesAsync());
        var outcome = await s.UntilAnsweredAsync(async () => await s.PartAsync(batch, 0, (0, 40), (1, 190)));
        Assert.Equal(redis == "kept" ? SettleOutcome.AlreadyResolved : SettleOutcome.Resolved, outcome);
        Assert.Equal("whole:=230+300 users:ann=40+300 users:bob=190+0 calls:=2+1", await s.StatesAsync());
        Assert.Equal([40, 190], await s.CostsAsync());
        await s.EmptyAsync();
        Assert.Equal("whole:=230+300 users:ann=40+300 users:bob=190+0 calls:=2+1", await s.StatesAsync());
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.PartAsync(batch, 0, (0, 40), (1, 190)));
        Assert.Equal(SettleOutcome.Resolved, await s.PartAsync(batch, 1, (2, 1)));
        Assert.Equal("whole:=231+0 users:ann=41+0 users:bob=190+0 calls:=3+0", await s.StatesAsync());
        Assert.Equal([1, 40, 190], await s.CostsAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_late_part_that_died_takes_back_once(bool emptied)
    {
        await using var s = await StandingFleet.StartAsync();
        var batch = await s.ReservedAsync(Three);
        s.Fleet.Clock.Advance(TimeSpan.FromDays(7));
        await s.Store.ExpireAsync(CancellationToken.None);
        Assert.Equal([600], await s.CostsAsync());
        await s.BreakAsync("UPDATE ON standing_reservations");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => s.PartAsync(batch, 0, (0, 40)));
        Assert.Equal([-100, 40, 600], await s.CostsAsync());
        await s.MendAsync();
        if (emptied)
            await s.EmptyAsync();
        await s.Fleet.CrashAsync(0);
        Assert.Equal("whole:=540+0 users:ann=40+0 users:eve=500+0 calls:=2+0", await s.StatesAsync());
        Assert.Equal(
            emptied ? SettleOutcome.Adjusted : SettleOutcome.AlreadyResolved, await s.UntilAnsweredAsync(async () => await s.PartAsync(batch, 0, (0, 40))));
        Assert.Equal([-100, 40, 600], await s.CostsAsync());
        Assert.Equal("whole:=540+0 users:ann=40+0 users:eve=500+0 calls:=2+0", await s.StatesAsync());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_void_that_died_before_its_row_was_gone_is_ended_by_whoever_comes(bool emptied, bool presumed)
    {
        await using var s = await StandingFleet.StartAsync();
        var batch = await s.ReservedAsync(Three);
        await s.PartAsync(batch, 0, (0, 40));
        if (presumed)
        {
            s.Fleet.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
            await s.Store.ExpireAsync(CancellationToken.None);
            s.Fleet.Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(1, await s.Store.ExpireAsync(CancellationToken.None));
            Assert.Equal([40, 500], await s.CostsAsync());
        }

        await s.BreakAsync("DELETE ON standing_reservations");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await s.Store.VoidAsync("acme", batch.Id, CancellationToken.None));
        await s.MendAsync();
        if (emptied)
            await s.EmptyAsync();
        await s.Fleet.CrashAsync(0);
        var calls = presumed ? 2 : 1;
        Assert.Equal($"whole:=40+0 users:ann=40+0 calls:={calls}+0", await s.StatesAsync());
        await s.Fleet.Stores[0].Reservations.SweepStandingAsync(TimeSpan.Zero, CancellationToken.None);
        Assert.Equal(0, await s.ScalarAsync("SELECT count(*) FROM standing_reservations"));
        Assert.Equal($"whole:=40+0 users:ann=40+0 calls:={calls}+0", await s.StatesAsync());
        Assert.Equal(presumed ? [-500, 40, 500] : [40], await s.CostsAsync());
    }

    [Fact]
    public async Task A_void_whose_correction_was_lost_with_Redis_is_booked_by_its_repeat()
    {
        await using var s = await StandingFleet.StartAsync();
        var batch = await s.ReservedAsync(Three);
        s.Fleet.Clock.Advance(TimeSpan.FromDays(7));
        await s.Store.ExpireAsync(CancellationToken.None);
        Assert.Equal([600], await s.CostsAsync());
        await s.BreakAsync("INSERT ON ledger");
        await Assert.ThrowsAsync<StoreUnavailableException>(async () => await s.Store.VoidAsync("acme", batch.Id, CancellationToken.None));
        await s.EmptyAsync();
        await s.MendAsync();
        Assert.Equal("whole:=600+0 users:eve=600+0 calls:=1+0", await s.StatesAsync());
        Assert.Equal(SettleOutcome.Adjusted, await s.UntilAnsweredAsync(() => s.Store.VoidAsync("acme", batch.Id, CancellationToken.None)));
        Assert.Equal("calls:=1+0", await s.StatesAsync());
        Assert.Equal([-600, 600], await s.CostsAsync());
    }

    [Fact]
    public async Task Steps_of_counters_that_were_lost_since_are_refused_by_the_row()
    {
        await using var s = await StandingFleet.StartAsync();
        var table = new StandingTable(s.Fleet.Stores[0].Database);
        var row = StandingRow.Of(s.Batch(Three).Reservation, 3, s.Fleet.Clock.Now);
        await table.AskAsync(row, 7, CancellationToken.None);
        Assert.Single(await table.TakeOverAsync([3], 9, CancellationToken.None));
        Assert.False(await table.OpenAsync(row, 8, CancellationToken.None));
        Assert.True(await table.OpenAsync(row, 9, CancellationToken.None));
        Assert.Empty(await table.TakeOverAsync([2], 10, CancellationToken.None));
        var batch = s.Batch(Three);
        var part = batch.Part(0, [], (0, 40));
        List<PlacedEntry> entries = [new(part.Entries[0], new Place(8, 1))];
        Assert.False(await table.SettleAsync(row.After(part), 8, entries, CancellationToken.None));
        Assert.Equal(0, await s.ScalarAsync("SELECT count(*) FROM ledger"));
        Assert.True(await table.SettleAsync(row.After(part), 9, entries, CancellationToken.None));
        Assert.False(await table.SettleAsync(row.After(part), 9, entries, CancellationToken.None));
        Assert.Equal(1, await s.ScalarAsync("SELECT count(*) FROM ledger"));
        var found = (await table.FindAsync("acme", row.Id, CancellationToken.None))!;
        Assert.Equal((1, 500), (found.NextPart, found.Call.Amount.Value));
        Assert.Equal(row.After(part).Holds, found.Holds);
        await table.ForgetAsync(row.EndsAt, CancellationToken.None);
        Assert.NotNull(await table.FindAsync("acme", row.Id, CancellationToken.None));
        await table.ForgetAsync(row.EndsAt.AddSeconds(1), CancellationToken.None);
        Assert.Null(await table.FindAsync("acme", row.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Entries_of_a_part_stand_in_the_ledger_where_Redis_counted_them()
    {
        await using var s = await StandingFleet.StartAsync();
        var batch = await s.ReservedAsync(Three);
        s.Fleet.Clock.Advance(TimeSpan.FromDays(7));
        await s.Store.ExpireAsync(CancellationToken.None);
        Assert.Equal(SettleOutcome.Adjusted, await s.PartAsync(batch, 0, (0, 40), (2, 50)));
        long version = 0;
        for (var shard = 0; shard < 16; shard++)
            version = Math.Max(version, Convert.ToInt64(await s.Fleet.Redis.ExecuteAsync("HGET", $"bp:{{{shard}}}:stamp", "v")));
        Assert.Equal(3, await s.ScalarAsync($"SELECT count(DISTINCT sequence) FROM ledger WHERE sequence BETWEEN {version - 2} AND {version}"));
        Assert.Equal(version, await s.ScalarAsync("SELECT max(sequence) FROM ledger WHERE adjusts IS NOT NULL"));
    }

    /// <summary>Connections to both stores are cut at a random moment of a step, and its process ends; now and then Redis is emptied too.</summary>
    [Fact]
    public async Task Cut_off_at_any_moment_every_line_is_booked_once()
    {
        const int Lines = 24;
        await using var s = await StandingFleet.StartAsync(2);
        var random = new Random(11);
        var batch = s.Batch([.. Enumerable.Range(0, Lines).Select(i => ((string?)(i % 2 == 0 ? "ann" : "bob"), "a", 10L + i))]);
        await StepAsync(async () => await s.Store.ReserveAsync(batch.Reservation, CancellationToken.None));
        for (var line = 0; line < Lines; line++)
        {
            var ended = (line, line % 3 == 0 ? null : (long?)line);
            await StepAsync(async () => await s.PartAsync(batch, line, ended));
        }

        await StepAsync(async () => await s.Store.VoidAsync("acme", batch.Id, CancellationToken.None));
        var billed = Enumerable.Range(0, Lines).Where(line => line % 3 != 0).Select(line => (long)line).ToList();
        Assert.Equal(billed, await s.CostsAsync());
        var (ann, bob) = (billed.Where(line => line % 2 == 0).Sum(), billed.Where(line => line % 2 == 1).Sum());
        Assert.Equal($"whole:={billed.Sum()}+0 users:ann={ann}+0 users:bob={bob}+0 calls:={billed.Count}+0", await s.StatesAsync());

        async Task StepAsync<T>(Func<Task<T>> ask)
        {
            var step = Task.Run(ask);
            await Task.Delay(random.Next(0, 12));
            await s.Fleet.Redis.ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            await s.ScalarAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
            await Task.WhenAny(step);
            if (random.Next(3) == 0)
                await s.EmptyAsync();
            await s.Fleet.CrashAsync(0);
            await s.UntilAnsweredAsync(async () => await ask());
        }
    }
}
