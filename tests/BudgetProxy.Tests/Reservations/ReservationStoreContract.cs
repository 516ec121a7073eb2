using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Reservations;

/// <summary>What every store must do. An adapter's test class gives the factory and inherits the tests.</summary>
public abstract partial class ReservationStoreContract
{
    protected abstract IStoreFactory Create(TestClock clock);

    /// <summary>Random histories to play against the oracle.</summary>
    protected virtual int Histories => 60;

    /// <summary>Takes away what the store can make again by itself; returns once it has.</summary>
    protected virtual Task LoseAsync(StoreScenario s) => Task.CompletedTask;

    private StoreScenario Begin(DateTimeOffset? at = null)
    {
        var clock = at is { } start ? new TestClock(start) : new TestClock();
        return new StoreScenario(Create(clock), clock);
    }

    [Fact]
    public async Task Of_64_racing_callers_exactly_the_20_that_fit_get_in()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 20_000);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => s.ReserveAsync(s.Call(1_000, [budget])))));
        Assert.Equal(20, outcomes.Count(o => o.Refusal is null));
        Assert.All(outcomes.Where(o => o.Refusal is not null), o => Assert.True(o.Refusal!.HeldByOthers));
        Assert.Equal((0, 20_000), await s.CounterAsync(budget));
    }

    [Fact]
    public async Task A_refused_call_holds_nothing_anywhere()
    {
        using var s = Begin();
        Budget first = StoreScenario.Money("first", 1_000), second = StoreScenario.Money("second", 99);
        var outcome = await s.ReserveAsync(s.Call(100, [first, second]));
        Assert.Equal("second", outcome.Refusal!.Budget.Name);
        Assert.Equal(99, outcome.Refusal.Remaining);
        Assert.False(outcome.Refusal.HeldByOthers);
        Assert.Equal((0, 0), await s.CounterAsync(first));
        Assert.Equal((0, 0), await s.CounterAsync(second));
    }

    [Theory]
    [InlineData("minute", 60)]
    [InlineData("hour", 3_600)]
    [InlineData("day", 86_400)]
    [InlineData("week", 7 * 86_400)]
    [InlineData("month", 31 * 86_400)]
    [InlineData("quarter", 92 * 86_400)]
    [InlineData("year", 366 * 86_400)]
    [InlineData("rolling:PT1H", 3_661)]
    public async Task A_new_window_starts_empty_and_late_spend_stays_in_the_old_one(string window, int seconds)
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100, window);
        var call = s.Call(100, [budget]);
        Assert.Null((await s.ReserveAsync(call)).Refusal);
        Assert.NotNull((await s.ReserveAsync(s.Call(1, [budget]))).Refusal);
        s.Clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Null((await s.ReserveAsync(s.Call(100, [budget]))).Refusal);
        Assert.Equal(SettleOutcome.Resolved, await s.SettleAsync(call.Id, 90));
        Assert.Equal((0, 100), await s.CounterAsync(budget));
    }

    [Fact]
    public async Task A_lifetime_window_never_ends()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100, "lifetime");
        var call = s.Call(100, [budget]);
        await s.ReserveAsync(call);
        await s.SettleAsync(call.Id, 100);
        s.Clock.Advance(TimeSpan.FromDays(3_000));
        await s.ExpireAsync();
        var refusal = (await s.ReserveAsync(s.Call(1, [budget]))).Refusal!;
        Assert.Null(refusal.ResetsAt);
        Assert.False(refusal.HeldByOthers);
    }

    [Fact]
    public async Task A_rolling_window_gives_back_slot_by_slot()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100, "rolling:PT1H");
        foreach (var minutes in new[] { 0, 20, 20 })
        {
            s.Clock.Advance(TimeSpan.FromMinutes(minutes));
            var call = s.Call(30, [budget]);
            await s.ReserveAsync(call);
            await s.SettleAsync(call.Id, 30);
        }

        var refusal = (await s.ReserveAsync(s.Call(30, [budget]))).Refusal!;
        Assert.Equal(90, refusal.Spent);
        Assert.Equal(s.Clock.Now.AddMinutes(21), refusal.ResetsAt);
        s.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.NotNull((await s.ReserveAsync(s.Call(30, [budget]))).Refusal);
        s.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null((await s.ReserveAsync(s.Call(30, [budget]))).Refusal);
    }

    [Fact]
    public async Task A_clock_set_back_opens_no_window_again()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100, "hour");
        var call = s.Call(100, [budget]);
        await s.ReserveAsync(call);
        await s.SettleAsync(call.Id, 100);
        s.Clock.Advance(TimeSpan.FromHours(-2));
        Assert.NotNull((await s.ReserveAsync(s.Call(1, [budget]))).Refusal);
    }

    [Fact]
    public async Task Held_money_is_told_from_spent_money()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100);
        var call = s.Call(60, [budget]);
        await s.ReserveAsync(call);
        Assert.True((await s.ReserveAsync(s.Call(50, [budget]))).Refusal!.HeldByOthers);
        await s.SettleAsync(call.Id, 60);
        Assert.False((await s.ReserveAsync(s.Call(50, [budget]))).Refusal!.HeldByOthers);
    }

    [Fact]
    public async Task A_settlement_replaces_the_hold_and_books_one_entry()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 1_000);
        var call = s.Call(600, [budget], user: "ann");
        var outcome = await s.ReserveAsync(call);
        Assert.Equal(new NanoUsd(400), outcome.RemainingUsd);
        await s.Store.DurableAsync(outcome.Commit);
        s.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(SettleOutcome.Resolved, await s.SettleAsync(call.Id, 200));
        Assert.Equal((200, 0), await s.CounterAsync(budget));
        var entry = Assert.Single(await s.EntriesAsync());
        Assert.Equal(call.Id, entry.Id);
        Assert.Equal(call.Id, entry.RequestId);
        Assert.Equal(("acme", "ann", "key_1", "openai", "chat/completions"), (entry.Tenant, entry.User, entry.Key, entry.Provider, entry.Api));
        Assert.Equal(("gpt-4o", "gpt-4o-2024-08-06", 200, UsageBasis.Reported), (entry.Model, entry.ServedModel, entry.Status, entry.Basis));
        Assert.Equal((200, 230, 600, 0), (entry.Cost.Value, entry.Charged.Value, entry.Reserved.Value, entry.Overrun.Value));
        Assert.Equal(StoreScenario.Cost(200).Usage, entry.Usage);
        Assert.Equal(new KeyValuePair<string, string>("team", "a\"b"), Assert.Single(entry.Tags));
        Assert.Equal(TimeSpan.FromSeconds(2), entry.SettledAt - entry.StartedAt);
        Assert.Null(entry.Adjusts);
    }

    [Fact]
    public async Task The_first_resolution_wins()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 1_000);
        Reservation settled = s.Call(10, [budget]), voided = s.Call(10, [budget]);
        await s.ReserveAsync(settled);
        await s.ReserveAsync(voided);
        Assert.Equal(SettleOutcome.Resolved, await s.SettleAsync(settled.Id, 7));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.SettleAsync(settled.Id, 9));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.VoidAsync(settled.Id));
        Assert.Equal(SettleOutcome.Resolved, await s.VoidAsync(voided.Id));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.VoidAsync(voided.Id));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.SettleAsync(voided.Id, 9));
        Assert.Equal(SettleOutcome.Unknown, await s.SettleAsync(Guid.CreateVersion7(s.Clock.Now), 9));
        Assert.Equal((7, 0), await s.CounterAsync(budget));
        Assert.Single(await s.EntriesAsync());
    }

    [Fact]
    public async Task Racing_settlements_book_once()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 1_000);
        var call = s.Call(10, [budget]);
        await s.ReserveAsync(call);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => s.SettleAsync(call.Id, 5))));
        Assert.Single(outcomes, SettleOutcome.Resolved);
        Assert.Equal(15, outcomes.Count(o => o == SettleOutcome.AlreadyResolved));
        Assert.Equal((5, 0), await s.CounterAsync(budget));
    }

    [Fact]
    public async Task A_repeated_reserve_answers_as_before_and_holds_once()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100);
        var call = s.Call(60, [budget]);
        var first = await s.ReserveAsync(call);
        Assert.Equal(first, await s.ReserveAsync(call));
        Assert.Equal((0, 60), await s.CounterAsync(budget));
    }

    [Fact]
    public async Task An_overrun_is_booked_above_the_limit_and_stops_what_follows()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100);
        var call = s.Call(100, [budget]);
        await s.ReserveAsync(call);
        await s.SettleAsync(call.Id, 300);
        Assert.Equal(200, Assert.Single(await s.EntriesAsync()).Overrun.Value);
        var refusal = (await s.ReserveAsync(s.Call(1, [budget]))).Refusal!;
        Assert.Equal(-200, refusal.Remaining);
        Assert.False(refusal.HeldByOthers);
    }

    [Theory]
    [InlineData(long.MaxValue, 1L << 52)]
    [InlineData(-5, 0)]
    public async Task An_absurd_cost_is_cut_to_what_sums_can_bear(long cost, long booked)
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100, mode: BudgetMode.Shadow);
        for (var i = 0; i < 3; i++)
        {
            var call = s.Call(long.MaxValue / 4, [budget]);
            await s.ReserveAsync(call);
            Assert.Equal(SettleOutcome.Resolved, await s.SettleAsync(call.Id, cost));
        }

        Assert.Equal((3 * booked, 0), await s.CounterAsync(budget));
        Assert.All(await s.EntriesAsync(), entry => Assert.Equal(booked, entry.Cost.Value));
    }

    [Fact]
    public async Task Shadow_budgets_count_and_tell_but_never_refuse()
    {
        using var s = Begin();
        Budget a = StoreScenario.Money("a", 10, mode: BudgetMode.Shadow), b = StoreScenario.Money("b", 20, mode: BudgetMode.Shadow);
        var outcome = await s.ReserveAsync(s.Call(30, [a, b, StoreScenario.Money("c", 1_000)]));
        Assert.Null(outcome.Refusal);
        Assert.Equal("a,b", outcome.WouldBlock);
        Assert.Equal(new NanoUsd(970), outcome.RemainingUsd);
        Assert.Equal((0, 30), await s.CounterAsync(a));
    }

    [Fact]
    public async Task A_void_gives_a_request_back()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 1) with { LimitKind = LimitKind.Requests };
        var call = s.Call(500, [budget]);
        Assert.Null((await s.ReserveAsync(call)).Refusal);
        Assert.NotNull((await s.ReserveAsync(s.Call(500, [budget]))).Refusal);
        await s.VoidAsync(call.Id);
        Assert.Equal((0, 0), await s.CounterAsync(budget));
        Assert.Null((await s.ReserveAsync(s.Call(500, [budget]))).Refusal);
    }

    [Fact]
    public async Task Tokens_are_counted_input_and_output_together()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 1_000) with { LimitKind = LimitKind.Tokens };
        var call = s.Call(300, [budget]);
        var outcome = await s.ReserveAsync(call);
        Assert.Null(outcome.RemainingUsd);
        Assert.Equal((0, 600), await s.CounterAsync(budget));
        await s.SettleAsync(call.Id, 100);
        Assert.Equal((200, 0), await s.CounterAsync(budget));
    }

    [Fact]
    public async Task One_counter_for_each_value_also_for_none()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100, per: BudgetDimension.User);
        foreach (var user in new[] { "ann", "bob", null })
            Assert.Null((await s.ReserveAsync(s.Call(100, [budget], user))).Refusal);
        Assert.NotNull((await s.ReserveAsync(s.Call(1, [budget]))).Refusal);
        Assert.Equal(["", "ann", "bob"], (await s.ReadAsync(budget)).Select(state => state.ScopeValue));
    }

    [Fact]
    public async Task An_expired_reservation_is_charged_in_full_and_late_usage_adjusts_it_once()
    {
        using var s = Begin();
        Budget money = StoreScenario.Money("b", 1_000), calls = money with { Name = "c", LimitKind = LimitKind.Requests };
        var call = s.Call(600, [money, calls]);
        await s.ReserveAsync(call);
        s.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(0, await s.ExpireAsync());
        s.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await s.ExpireAsync());
        Assert.Equal((600, 0), await s.CounterAsync(money));
        Assert.Equal(SettleOutcome.Adjusted, await s.SettleAsync(call.Id, 250));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.SettleAsync(call.Id, 1));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.VoidAsync(call.Id));
        Assert.Equal((250, 0), await s.CounterAsync(money));
        Assert.Equal((1, 0), await s.CounterAsync(calls));
        var entries = await s.EntriesAsync();
        Assert.Equal([UsageBasis.Presumed, UsageBasis.Reported], entries.Select(e => e.Basis));
        Assert.Equal(call.Id, entries[1].Adjusts);
        Assert.Equal(call.Id, entries[1].RequestId);
        Assert.Equal((-350, 288, 0), (entries[1].Cost.Value, entries[0].Charged.Value + entries[1].Charged.Value, entries[1].Overrun.Value));
        Assert.Equal(entries[0].StartedAt, entries[1].StartedAt);
        var total = Assert.Single(await s.Ledger.TotalsAsync(new LedgerFilter(), UsageGroups.None, CancellationToken.None));
        Assert.Equal((1, 250, 500), (total.Requests, total.Cost.Value, total.Usage.Total));
    }

    [Fact]
    public async Task A_settlement_of_presumed_usage_is_final()
    {
        using var s = Begin();
        var call = s.Call(600, []);
        await s.ReserveAsync(call);
        await s.Store.SettleAsync("acme", call.Id, StoreScenario.Cost(600, UsageBasis.Presumed), CancellationToken.None);
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.SettleAsync(call.Id, 1));
    }

    [Fact]
    public async Task A_late_void_takes_the_presumed_charge_back()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 1_000);
        var call = s.Call(600, [budget]);
        await s.ReserveAsync(call);
        s.Clock.Advance(TimeSpan.FromHours(1));
        await s.ExpireAsync();
        Assert.Equal(SettleOutcome.Adjusted, await s.VoidAsync(call.Id));
        Assert.Equal((0, 0), await s.CounterAsync(budget));
    }

    [Fact]
    public async Task A_new_budget_starts_with_what_the_ledger_and_the_open_calls_say()
    {
        using var s = Begin();
        Reservation settled = s.Call(70, [], "ann"), open = s.Call(20, [], "ann"), other = s.Call(5, [], "bob");
        foreach (var call in new[] { settled, open, other })
            await s.ReserveAsync(call);
        await s.SettleAsync(settled.Id, 50);
        var budget = StoreScenario.Money("b", 100, per: BudgetDimension.User) with { Match = [new(BudgetDimension.User, null, "a*")] };
        await s.SeedAsync(budget);
        await s.SeedAsync(budget);
        var state = Assert.Single(await s.ReadAsync(budget));
        Assert.Equal(("ann", 50, 20), (state.ScopeValue, state.Spent, state.Held));
        Assert.NotNull((await s.ReserveAsync(s.Call(31, [budget], "ann"))).Refusal);
        await s.SettleAsync(open.Id, 10);
        Assert.Equal(60, Assert.Single(await s.ReadAsync(budget)).Spent);
    }

    [Fact]
    public async Task A_budget_that_nobody_seeded_is_counted_when_first_seen()
    {
        using var s = Begin();
        Reservation settled = s.Call(70, [], "ann"), open = s.Call(20, [], "bob");
        await s.ReserveAsync(settled);
        await s.ReserveAsync(open);
        await s.SettleAsync(settled.Id, 50);
        var budget = StoreScenario.Money("b", 100, per: BudgetDimension.User);
        Assert.Equal([("ann", 50L, 0L), ("bob", 0L, 20L)], (await s.ReadAsync(budget)).Select(state => (state.ScopeValue, state.Spent, state.Held)));
    }

    [Fact]
    public async Task A_changed_shape_is_counted_afresh_and_back_again()
    {
        using var s = Begin();
        var day = StoreScenario.Money("b", 1_000);
        var month = StoreScenario.Money("b", 1_000, "month");
        var open = s.Call(100, [day]);
        await s.ReserveAsync(open);
        await s.SeedAsync(month);
        var second = s.Call(30, [month]);
        await s.ReserveAsync(second);
        Assert.Equal((0, 130), await s.CounterAsync(month));
        await s.SettleAsync(open.Id, 40);
        await s.SeedAsync(day);
        Assert.Equal((40, 30), await s.CounterAsync(day));
        await s.SettleAsync(second.Id, 3);
        Assert.Equal((43, 0), await s.CounterAsync(day));
    }

    [Fact]
    public async Task A_call_matched_before_a_budget_was_made_counts_in_it()
    {
        using var s = Begin();
        var call = s.Call(40, []);
        var budget = StoreScenario.Money("b", 10);
        await s.SeedAsync(budget);
        Assert.Null((await s.ReserveAsync(call)).Refusal);
        Assert.Equal((0, 40), await s.CounterAsync(budget));
        await s.SettleAsync(call.Id, 30);
        Assert.Equal((30, 0), await s.CounterAsync(budget));
    }

    [Fact]
    public async Task A_call_matched_before_a_budget_changed_its_shape_counts_in_the_new_shape()
    {
        using var s = Begin();
        Budget day = StoreScenario.Money("b", 1_000), month = StoreScenario.Money("b", 100, "month");
        var stale = s.Call(40, [day]);
        await s.ReserveAsync(s.Call(10, [day]));
        await s.SeedAsync(month);
        s.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Null((await s.ReserveAsync(stale)).Refusal);
        Assert.Equal((0, 50), await s.CounterAsync(month));
        await s.SettleAsync(stale.Id, 30);
        Assert.Equal((30, 10), await s.CounterAsync(month));
        Assert.NotNull((await s.ReserveAsync(s.Call(61, [month]))).Refusal);
    }

    [Fact]
    public async Task A_deleted_budget_counts_no_longer_and_made_again_it_counts_from_the_ledger()
    {
        using var s = Begin();
        Budget one = StoreScenario.Money("one", 1_000), two = StoreScenario.Money("two", 1_000, "lifetime");
        Reservation settled = s.Call(10, [one, two]), open = s.Call(20, [one, two]);
        await s.ReserveAsync(settled);
        await s.ReserveAsync(open);
        await s.SettleAsync(settled.Id, 10);
        await s.Store.ForgetAsync("acme", "two", CancellationToken.None);
        Assert.Equal(SettleOutcome.Resolved, await s.SettleAsync(open.Id, 15));
        Assert.Equal((25, 0), await s.CounterAsync(one));
        await s.Store.ForgetAsync("acme", null, CancellationToken.None);
        await s.Store.ForgetAsync("nobody", null, CancellationToken.None);
        await s.SeedAsync(two);
        Assert.Equal((25, 0), await s.CounterAsync(two));
    }

    [Fact]
    public async Task A_store_that_works_answers_a_ping()
    {
        using var s = Begin();
        await s.ReserveAsync(s.Call(1, []));
        await s.Store.PingAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Peek_says_what_reserve_would_find_and_takes_nothing()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100);
        await s.ReserveAsync(s.Call(60, [budget]));
        var state = Assert.Single(await s.Store.PeekAsync(s.Call(60, [budget]).Holds, CancellationToken.None));
        Assert.Equal(40, state.Remaining);
        Assert.Equal(s.Clock.Now.Date.AddDays(1), state.ResetsAt!.Value.UtcDateTime);
        Assert.Equal((0, 60), await s.CounterAsync(budget));
    }

    [Fact]
    public async Task Entries_without_a_reservation_are_booked_once_and_counted()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 100);
        var call = s.Call(10, [budget]);
        await s.ReserveAsync(call);
        await s.SettleAsync(call.Id, 10);
        var entry = Assert.Single(await s.EntriesAsync()) with { Id = Guid.CreateVersion7(s.Clock.Now) };
        await s.Ledger.AppendAsync([entry, entry], [budget], CancellationToken.None);
        await s.Ledger.AppendAsync([entry], [budget], CancellationToken.None);
        Assert.Equal(2, (await s.EntriesAsync()).Count);
        Assert.Equal((20, 0), await s.CounterAsync(budget));
    }

    [Fact]
    public async Task Entries_that_come_with_older_budgets_count_in_what_was_defined_meanwhile()
    {
        using var s = Begin();
        Budget day = StoreScenario.Money("changed", 1_000), month = StoreScenario.Money("changed", 1_000, "month"), made = StoreScenario.Money("made", 1_000);
        Budget gone = StoreScenario.Money("gone", 1_000), stays = StoreScenario.Money("stays", 1_000);
        var call = s.Call(10, [day, gone, stays]);
        await s.ReserveAsync(call);
        await s.SettleAsync(call.Id, 10);
        var entry = Assert.Single(await s.EntriesAsync());
        await s.SeedAsync(month);
        await s.SeedAsync(made);
        await s.Store.ForgetAsync("acme", "gone", CancellationToken.None);
        LedgerEntry[] entries = [entry with { Id = Guid.CreateVersion7(s.Clock.Now) }, entry with { Id = Guid.CreateVersion7(s.Clock.Now), Tenant = "other" }];
        Assert.Equal(2, (await s.Ledger.AppendAsync(entries, [day, gone, stays], CancellationToken.None)).Count);
        Assert.Equal((20, 0), await s.CounterAsync(month));
        Assert.Equal((20, 0), await s.CounterAsync(made));
        Assert.Equal((20, 0), await s.CounterAsync(stays));
        Assert.Equal(0, await s.Store.MeasureDriftAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_ledger_streams_in_order_and_sums_by_group()
    {
        using var s = Begin();
        var ids = new List<Guid>();
        for (var i = 0; i < 1_203; i++)
        {
            var call = s.Call(10, [], user: i % 2 == 0 ? "ann" : "bob", model: i % 3 == 0 ? "a" : "b");
            await s.ReserveAsync(call);
            await s.SettleAsync(call.Id, 10);
            ids.Add(call.Id);
            s.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.Equal(ids, (await s.EntriesAsync()).Select(e => e.Id));
        Assert.Equal(602, (await s.EntriesAsync(new LedgerFilter(User: "ann"))).Count);
        var first = (await s.EntriesAsync())[0].SettledAt;
        Assert.Equal(ids[1..3], (await s.EntriesAsync(new LedgerFilter(From: first.AddTicks(1), To: first.AddMinutes(6)))).Select(e => e.Id));
        var totals = await s.Ledger.TotalsAsync(new LedgerFilter("acme"), UsageGroups.User | UsageGroups.Model, CancellationToken.None);
        Assert.Equal([("ann", "a"), ("ann", "b"), ("bob", "a"), ("bob", "b")], totals.Select(t => (t.User!, t.Model!)));
        Assert.Equal(12_030, totals.Sum(t => t.Cost.Value));
        Assert.Equal(1_203, totals.Sum(t => t.Requests));
        var days = await s.Ledger.TotalsAsync(new LedgerFilter(), UsageGroups.Day, CancellationToken.None);
        Assert.Equal([new DateOnly(2026, 3, 10), new DateOnly(2026, 3, 11), new DateOnly(2026, 3, 12)], days.Select(d => d.Day!.Value));
        Assert.Empty(await s.Ledger.TotalsAsync(new LedgerFilter("nobody"), UsageGroups.None, CancellationToken.None));
    }

    [Fact]
    public async Task Every_bucket_of_an_answer_is_in_its_entry()
    {
        using var s = Begin();
        var usage = new Usage
        {
            Input = 1, CachedInput = 2, CacheWriteShort = 3, CacheWriteLong = 4, Output = 5, Reasoning = 6, AudioInput = 7, AudioOutput = 8,
            ImageInput = 9, ImageOutput = 10, ToolCalls = 11, FileSearches = 12, CodeSessions = 13,
        };
        Reservation known = s.Call(100, []), presumed = s.Call(100, []) with { WorstUsage = usage };
        await s.ReserveAsync(known);
        await s.ReserveAsync(presumed);
        await s.Store.SettleAsync("acme", known.Id, StoreScenario.Cost(60) with { Usage = usage, UnknownBucket = true }, CancellationToken.None);
        s.Crash();
        var entries = await s.EntriesAsync();
        Assert.Equal([true, false], entries.Select(entry => entry.UnknownBucket));
        Assert.All(entries, entry => Assert.Equal(usage, entry.Usage));
        var total = Assert.Single(await s.Ledger.TotalsAsync(new LedgerFilter(), UsageGroups.None, CancellationToken.None));
        Assert.Equal((20, 22, 24, 26), (total.Usage.ImageOutput, total.Usage.ToolCalls, total.Usage.FileSearches, total.Usage.CodeSessions));
    }

    [Fact]
    public async Task A_bookmark_stays_where_it_was_moved()
    {
        using var s = Begin();
        Assert.Null(await s.Ledger.BookmarkAsync("stripe", CancellationToken.None));
        await s.Ledger.MoveBookmarkAsync("stripe", "1", CancellationToken.None);
        await s.Ledger.MoveBookmarkAsync("stripe", "2", CancellationToken.None);
        await s.Ledger.MoveBookmarkAsync("other", "x", CancellationToken.None);
        s.Crash();
        Assert.Equal("2", await s.Ledger.BookmarkAsync("stripe", CancellationToken.None));
    }

    [Fact]
    public async Task What_a_dead_owner_left_open_is_charged_before_anything_else()
    {
        using var s = Begin();
        var budget = StoreScenario.Money("b", 1_000);
        Reservation settled = s.Call(100, [budget]), orphan = s.Call(300, [budget]);
        await s.ReserveAsync(settled);
        await s.ReserveAsync(orphan);
        await s.SettleAsync(settled.Id, 60);
        s.Crash();
        Assert.Equal((360, 0), await s.CounterAsync(budget));
        Assert.Equal([UsageBasis.Reported, UsageBasis.Presumed], (await s.EntriesAsync()).Select(e => e.Basis));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.SettleAsync(settled.Id, 1));
        Assert.Equal(SettleOutcome.Adjusted, await s.SettleAsync(orphan.Id, 10));
        Assert.Equal((70, 0), await s.CounterAsync(budget));
    }

    [Fact]
    public void Any_history_agrees_with_the_oracle()
    {
        var step = Gen.Choose(0, int.MaxValue);
        var histories = Gen.ListOf(step).Select(list => list.ToArray()).Resize(120);
        Prop.ForAll(Arb.From(histories, Shorter), Play).Check(Config.QuickThrowOnFailure.WithMaxTest(Histories));

        void Play(int[] steps)
        {
            using var s = Begin();
            new StoreHistory(s).PlayAsync(steps).GetAwaiter().GetResult();
        }
    }

    private static IEnumerable<int[]> Shorter(int[] steps)
    {
        for (var length = steps.Length / 2; length > 0; length /= 2)
        {
            for (var from = 0; from + length <= steps.Length; from += length)
                yield return [.. steps[..from], .. steps[(from + length)..]];
        }
    }
}
