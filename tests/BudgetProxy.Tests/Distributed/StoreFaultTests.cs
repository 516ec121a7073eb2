using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;

namespace BudgetProxy.Tests.Distributed;

/// <summary>What several stores make of a Redis that forgets, fills up, stands still or goes away.</summary>
public sealed class StoreFaultTests
{
    private static readonly Budget Hundred = StoreScenario.Money("b", 100, "month");

    [Fact]
    public async Task Emptied_counters_are_made_again_with_what_is_settled_and_what_every_store_holds()
    {
        await using var fleet = await StoreFleet.StartAsync(2);
        Reservation settled = fleet.Call(20, Hundred), first = fleet.Call(30, Hundred), second = fleet.Call(30, Hundred);
        foreach (var (store, call) in new[] { (0, settled), (0, first), (1, second) })
            Assert.Null((await fleet.ReserveAsync(store, call)).Refusal);
        await fleet.SettleAsync(0, settled.Id, 10);
        await fleet.Redis.ExecuteAsync("FLUSHALL");

        // A call that fails while the counters are made again is in doubt, and held for a moment: none may ask before they are there.
        await fleet.UntilAsync(Hundred, 10, 60);
        Assert.Equal(30, (await fleet.ReserveAgainAsync(1, 31, Hundred)).Refusal!.Remaining);
        Assert.Equal((10, 60), await fleet.CounterAsync(Hundred));
        Assert.Equal(SettleOutcome.Resolved, await fleet.SettleAsync(0, first.Id, 25));
        Assert.Equal(SettleOutcome.Resolved, await fleet.SettleAsync(1, second.Id, 5));
        Assert.Equal(SettleOutcome.AlreadyResolved, await fleet.SettleAsync(0, settled.Id, 10));
        Assert.Equal((40, 0), await fleet.CounterAsync(Hundred));
        Assert.Equal(40, (await fleet.EntriesAsync()).Sum(entry => entry.Cost.Value));
        Assert.Equal(0, await fleet.Stores[1].Reservations.MeasureDriftAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_was_restarted_is_not_believed_and_older_counters_go()
    {
        await using var fleet = await StoreFleet.StartAsync(1);
        Reservation settled = fleet.Call(20, Hundred), open = fleet.Call(30, Hundred);
        await fleet.ReserveAsync(0, settled);
        await fleet.ReserveAsync(0, open);
        await fleet.SettleAsync(0, settled.Id, 10);
        await fleet.Redis.KillAsync();
        await fleet.Redis.StartAgainAsync();
        Assert.Null((await fleet.ReserveAgainAsync(0, 1, Hundred)).Refusal);
        await fleet.UntilAsync(Hundred, 10, 31);
        Assert.Equal(2, fleet.Stores[0].Recoveries);
        await Poll.UntilAsync(
            async () => (List<object?>)(await fleet.Redis.ExecuteAsync("KEYS", "bp:{*}:1:*"))! is { Count: 0 }, TimeSpan.FromSeconds(20), "nothing of the first generation is left");
        Assert.Equal(SettleOutcome.Resolved, await fleet.SettleAsync(0, open.Id, 5));
    }

    [Fact]
    public async Task A_store_that_stood_still_through_a_recovery_books_what_it_had_all_the_same()
    {
        await using var fleet = await StoreFleet.StartAsync(2);
        Reservation settled = fleet.Call(20, Hundred), open = fleet.Call(30, Hundred);
        await fleet.ReserveAsync(1, settled);
        await fleet.ReserveAsync(1, open);
        foreach (var store in fleet.Stores)
            store.BudgetsOf = _ => [Hundred];
        await fleet.Stores[1].SilenceAsync();
        await fleet.SettleAsync(1, settled.Id, 10);
        await fleet.Redis.ExecuteAsync("FLUSHALL");
        Assert.Null((await fleet.ReserveAgainAsync(0, 1, Hundred)).Refusal);
        Assert.Equal((0, 1), await fleet.CounterAsync(Hundred));

        Assert.Equal(SettleOutcome.Resolved, await fleet.SettleAsync(1, open.Id, 7));
        await fleet.Stores[1].Replay.BookStrandedAsync();
        Assert.Equal((17, 1), await fleet.CounterAsync(Hundred));
        var entries = await fleet.EntriesAsync();
        Assert.Equal([7, 10], entries.Select(entry => entry.Cost.Value).Order());
        Assert.Equal(7, entries.Single(entry => entry.Id == open.Id).Overrun.Value);
        Assert.Equal(0, await fleet.Stores[0].Reservations.MeasureDriftAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_forgot_its_scripts_is_told_them_again_and_keeps_its_counters()
    {
        await using var fleet = await StoreFleet.StartAsync(1);
        var call = fleet.Call(60, Hundred);
        await fleet.ReserveAsync(0, call);
        await fleet.Redis.ExecuteAsync("SCRIPT", "FLUSH");
        Assert.NotNull((await fleet.ReserveAsync(0, fleet.Call(50, Hundred))).Refusal);
        await fleet.Redis.ExecuteAsync("SCRIPT", "FLUSH");
        Assert.Equal(SettleOutcome.Resolved, await fleet.SettleAsync(0, call.Id, 10));
        Assert.Equal(1, fleet.Stores[0].Recoveries);
    }

    [Fact]
    public async Task A_full_server_grants_nothing_and_books_what_was_granted()
    {
        await using var fleet = await StoreFleet.StartAsync(1);
        var call = fleet.Call(60, Hundred);
        await fleet.ReserveAsync(0, call);
        await fleet.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "1");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fleet.ReserveAsync(0, fleet.Call(1, Hundred)));
        Assert.Equal(SettleOutcome.Resolved, await fleet.SettleAsync(0, call.Id, 10));
        await Poll.UntilAsync(async () => await OutboxesAsync(fleet) == 0, TimeSpan.FromSeconds(20), "the outbox is drained while memory is full");
        Assert.Equal((10, 0), await fleet.CounterAsync(Hundred));
        await fleet.Redis.ExecuteAsync("CONFIG", "SET", "maxmemory", "0");
        Assert.Null((await fleet.ReserveAsync(0, fleet.Call(1, Hundred))).Refusal);
        Assert.Single(await fleet.EntriesAsync());
    }

    [Fact]
    public async Task An_entry_that_nobody_can_read_is_put_aside_and_the_others_pass()
    {
        await using var fleet = await StoreFleet.StartAsync(1);
        for (var shard = 0; shard < 16; shard++)
            await fleet.Redis.ExecuteAsync("XADD", $"bp:{{{shard}}}:out", "1-1", "k", "?");
        var call = fleet.Call(60, Hundred);
        await fleet.ReserveAsync(0, call);
        await fleet.SettleAsync(0, call.Id, 10);
        await Poll.UntilAsync(() => Task.FromResult(fleet.Stores[0].DeadLetters == 16), TimeSpan.FromSeconds(20), "all are put aside");
        Assert.Single(await fleet.EntriesAsync());
        for (var shard = 0; shard < 16; shard++)
            Assert.Equal(1L, await fleet.Redis.ExecuteAsync("XLEN", $"bp:{{{shard}}}:dead"));
    }

    [Fact]
    public async Task A_reserve_whose_answer_came_too_late_holds_nothing_in_the_end()
    {
        await using var fleet = await StoreFleet.StartAsync(1, TimeSpan.FromMilliseconds(250));
        await fleet.ReserveAsync(0, fleet.Call(1, Hundred));
        fleet.Redis.StopProcess();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fleet.ReserveAsync(0, fleet.Call(60, Hundred)));
        fleet.Redis.ContinueProcess();
        await fleet.UntilAsync(Hundred, 0, 1);
        await Poll.UntilAsync(() => Task.FromResult(fleet.Stores[0].OpenReservations == 1), TimeSpan.FromSeconds(20), "only the other call is open here");
    }

    [Fact]
    public async Task An_end_that_could_not_reach_Redis_stands_on_disk_and_is_booked_once()
    {
        await using var fleet = await StoreFleet.StartAsync(1, TimeSpan.FromMilliseconds(250));
        Reservation settled = fleet.Call(40, Hundred), voided = fleet.Call(50, Hundred);
        await fleet.ReserveAsync(0, settled);
        await fleet.ReserveAsync(0, voided);
        await fleet.Redis.KillAsync();
        Assert.Equal(SettleOutcome.Spooled, await fleet.SettleAsync(0, settled.Id, 10));
        Assert.Equal(SettleOutcome.Spooled, await fleet.Stores[0].Reservations.VoidAsync("acme", voided.Id, CancellationToken.None));
        Assert.Equal(2, fleet.Stores[0].Spooled);
        await fleet.Redis.StartAgainAsync();
        await fleet.UntilAsync(Hundred, 10, 0);
        Assert.Equal(10, Assert.Single(await fleet.EntriesAsync()).Cost.Value);
        Assert.Equal(0, fleet.Stores[0].Spooled);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_let_through_without_Redis_is_booked_above_all_limits_and_flagged(bool crashes)
    {
        await using var fleet = await StoreFleet.StartAsync(1);
        await fleet.DefineAsync(Hundred);
        await fleet.CrashAsync(0);
        await fleet.ReserveAsync(0, fleet.Call(1, Hundred));
        var call = fleet.Call(300, Hundred);
        await fleet.Stores[0].Reservations.SpoolAsync(call, CancellationToken.None);
        if (crashes)
            await fleet.CrashAsync(0);
        else
            Assert.Equal(SettleOutcome.Spooled, await fleet.SettleAsync(0, call.Id, 250));
        await Poll.UntilAsync(async () => (await fleet.EntriesAsync()).Exists(entry => entry.RequestId == call.Id), TimeSpan.FromSeconds(20), "it is booked");
        var entry = Assert.Single(await fleet.EntriesAsync(), entry => entry.RequestId == call.Id);
        var cost = crashes ? 300 : 250;
        Assert.Equal((cost, cost, 0), (entry.Cost.Value, entry.Overrun.Value, entry.Reserved.Value));
        Assert.Equal(crashes ? UsageBasis.Presumed : UsageBasis.Reported, entry.Basis);
        Assert.Equal(crashes ? cost + 1 : cost, (await fleet.CounterAsync(Hundred)).Spent);
    }

    [Fact]
    public async Task A_call_that_was_reserved_too_late_and_let_through_is_booked_once_even_after_a_kill()
    {
        await using var fleet = await StoreFleet.StartAsync(1, TimeSpan.FromMilliseconds(250));
        await fleet.DefineAsync(Hundred);
        await fleet.ReserveAsync(0, fleet.Call(1, Hundred));
        var call = fleet.Call(60, Hundred);
        fleet.Redis.StopProcess();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => fleet.ReserveAsync(0, call));
        await fleet.Stores[0].Reservations.SpoolAsync(call, CancellationToken.None);
        await fleet.Stores[0].AbandonAsync();
        fleet.Redis.ContinueProcess();
        await fleet.OpenAgainAsync(0);
        await Poll.UntilAsync(async () => (await fleet.EntriesAsync()).Where(entry => entry.RequestId == call.Id).Sum(entry => entry.Cost.Value) == 60, TimeSpan.FromSeconds(20), "it is booked once");
        await fleet.UntilAsync(Hundred, 61, 0);
        Assert.Equal(0, fleet.Stores[0].Spooled);
    }

    [Fact]
    public async Task A_budget_whose_change_was_counted_and_then_not_stored_still_limits()
    {
        await using var fleet = await StoreFleet.StartAsync(1);
        await fleet.Stores[0].Reservations.SeedAsync(Hundred, CancellationToken.None);
        await fleet.ReserveAsync(0, fleet.Call(60, Hundred));
        await fleet.Stores[0].Reservations.SeedAsync(StoreScenario.Money("b", 1_000, "lifetime"), CancellationToken.None);
        Assert.NotNull((await fleet.ReserveAsync(0, fleet.Call(50, Hundred))).Refusal);
        Assert.Equal((0, 60), await fleet.CounterAsync(Hundred));
    }

    [Fact]
    public async Task What_a_silent_store_holds_is_charged_by_another_and_corrected_when_it_comes_back()
    {
        await using var fleet = await StoreFleet.StartAsync(2);
        var call = fleet.Call(60, Hundred);
        await fleet.ReserveAsync(1, call);
        await fleet.Stores[1].Reservations.ExpireAsync(CancellationToken.None);
        await fleet.Stores[1].AbandonAsync();
        fleet.Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(0, await fleet.Stores[0].Reservations.ExpireAsync(CancellationToken.None));
        fleet.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, await fleet.Stores[0].Reservations.ExpireAsync(CancellationToken.None));
        Assert.Equal((60, 0), await fleet.CounterAsync(Hundred));
        Assert.Equal(SettleOutcome.Adjusted, await fleet.SettleAsync(0, call.Id, 10));
        Assert.Equal((10, 0), await fleet.CounterAsync(Hundred));
    }

    [Fact]
    public async Task A_budget_made_through_one_store_counts_the_calls_of_another_that_has_not_heard_of_it()
    {
        await using var fleet = await StoreFleet.StartAsync(2);
        await fleet.ReserveAsync(1, fleet.Call(10));
        await fleet.Stores[0].Reservations.SeedAsync(Hundred, CancellationToken.None);
        Assert.Equal((0, 10), await fleet.CounterAsync(Hundred));
        await fleet.ReserveAsync(1, fleet.Call(20));
        Assert.Equal((0, 30), await fleet.CounterAsync(Hundred));
        await fleet.Stores[0].Reservations.ForgetAsync("acme", Hundred.Name, CancellationToken.None);
        await fleet.ReserveAsync(1, fleet.Call(5, Hundred));
        await fleet.Stores[0].Reservations.SeedAsync(Hundred, CancellationToken.None);
        Assert.Equal((0, 35), await fleet.CounterAsync(Hundred));
    }

    [Fact]
    public async Task Another_tenants_reservation_can_be_neither_settled_nor_voided()
    {
        await using var fleet = await StoreFleet.StartAsync(1);
        var call = fleet.Call(60, Hundred);
        await fleet.ReserveAsync(0, call);
        var store = fleet.Stores[0].Reservations;
        foreach (var other in new[] { "acme2", "other", "x" })
        {
            Assert.Equal(SettleOutcome.Unknown, await store.SettleAsync(other, call.Id, StoreScenario.Cost(1), CancellationToken.None));
            Assert.Equal(SettleOutcome.Unknown, await store.VoidAsync(other, call.Id, CancellationToken.None));
        }

        Assert.Equal((0, 60), await fleet.CounterAsync(Hundred));
    }

    private static async Task<long> OutboxesAsync(StoreFleet fleet)
    {
        long entries = 0;
        for (var shard = 0; shard < 16; shard++)
            entries += (long)(await fleet.Redis.ExecuteAsync("XLEN", $"bp:{{{shard}}}:out"))!;
        return entries;
    }
}
