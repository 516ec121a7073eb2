using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Reservations;

/// <summary>What every store must do with reservations that stand without an owner and end part by part.</summary>
public abstract partial class ReservationStoreContract
{
    private static readonly Budget Whole = StoreScenario.Money("whole", 1_000, "month");
    private static readonly Budget PerUser = StoreScenario.Money("users", 600, "month", per: BudgetDimension.User);
    private static readonly Budget Lines = StoreScenario.Money("lines", 10, "lifetime") with { LimitKind = LimitKind.Requests };
    private static readonly IReadOnlyList<Budget> ThreeBudgets = [Whole, PerUser, Lines];

    private static StandingBatch ThreeLines(StoreScenario s, IReadOnlyList<Budget>? budgets = null, string? user = null) =>
        new(s, budgets ?? ThreeBudgets, [("ann", "a", 100), ("bob", "b", 200), ("ann", "b", 300)], user);

    private static async Task<SettleOutcome> PartAsync(StoreScenario s, StandingBatch batch, int number, params IReadOnlyList<(int Line, long? Cost)> ended) =>
        await s.Store.SettlePartAsync("acme", batch.Id, batch.Part(number, ThreeBudgets, ended), CancellationToken.None);

    private static async Task<string> StatesAsync(StoreScenario s, params Budget[] budgets) => string.Join(
        ' ', (await s.ReadAsync(budgets)).Where(state => state.Spent != 0 || state.Held != 0).Select(state => $"{state.Budget.Name}:{state.ScopeValue}={state.Spent}+{state.Held}"));

    private static async Task AgreesAsync(StoreScenario s)
    {
        // A store may compare only budgets that a call has met since the last time.
        var call = s.Call(0, ThreeBudgets);
        await s.ReserveAsync(call);
        await s.VoidAsync(call.Id);
        Assert.Equal(0, await s.Store.MeasureDriftAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_standing_reservation_outlives_its_owner_and_ends_line_by_line()
    {
        using var s = Begin();
        var batch = ThreeLines(s);
        var outcome = await s.ReserveAsync(batch.Reservation);
        Assert.Null(outcome.Refusal);
        await s.Store.DurableAsync(outcome.Commit);
        s.Crash();
        Assert.Equal("whole:=0+600 users:ann=0+400 users:bob=0+200 lines:=0+3", await StatesAsync(s, Whole, PerUser, Lines));
        s.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, await s.ExpireAsync());
        Assert.Equal(SettleOutcome.Resolved, await PartAsync(s, batch, 0, (0, 40), (1, null)));
        Assert.Equal("whole:=40+300 users:ann=40+300 lines:=1+1", await StatesAsync(s, Whole, PerUser, Lines));
        s.Crash();
        Assert.Equal("whole:=40+300 users:ann=40+300 lines:=1+1", await StatesAsync(s, Whole, PerUser, Lines));
        Assert.Equal(SettleOutcome.Resolved, await PartAsync(s, batch, 1, (2, 290)));
        Assert.Equal(SettleOutcome.Resolved, await s.VoidAsync(batch.Id));
        Assert.Equal("whole:=330+0 users:ann=330+0 lines:=2+0", await StatesAsync(s, Whole, PerUser, Lines));
        var entries = await s.EntriesAsync();
        Assert.Equal([(batch.EntryOf(0, 40).Id, 40L, "ann"), (batch.EntryOf(2, 290).Id, 290L, "ann")], entries.Select(e => (e.Id, e.Cost.Value, e.User!)));
        Assert.All(entries, e => Assert.Equal((batch.Reservation.StartedAt, s.Clock.Now), (e.StartedAt, e.SettledAt)));
        await AgreesAsync(s);
    }

    [Fact]
    public async Task One_line_too_many_refuses_the_whole_and_holds_nothing()
    {
        using var s = Begin();
        var lines = Enumerable.Range(0, 7).Select(i => ((string?)$"u{i}", "a", i == 3 ? 601L : 10L)).ToList();
        var refusal = (await s.ReserveAsync(new StandingBatch(s, ThreeBudgets, lines).Reservation)).Refusal!;
        Assert.Equal(("users", "u3", 600), (refusal.Budget.Name, refusal.ScopeValue, refusal.Remaining));
        Assert.Equal("", await StatesAsync(s, Whole, PerUser, Lines));
    }

    [Fact]
    public async Task Parts_come_in_order_and_once()
    {
        using var s = Begin();
        var batch = ThreeLines(s);
        await s.ReserveAsync(batch.Reservation);
        Assert.Equal(SettleOutcome.OutOfOrder, await PartAsync(s, batch, 1, (2, 290)));
        Assert.Equal(SettleOutcome.Resolved, await PartAsync(s, batch, 0, (0, 40)));
        Assert.Equal(SettleOutcome.AlreadyResolved, await PartAsync(s, batch, 0, (0, 40)));
        Assert.Equal(SettleOutcome.OutOfOrder, await PartAsync(s, batch, 2, (1, 1)));
        s.Crash();
        Assert.Equal(SettleOutcome.AlreadyResolved, await PartAsync(s, batch, 0, (1, 40)));
        Assert.Equal("whole:=40+500 users:ann=40+300 users:bob=0+200 lines:=1+2", await StatesAsync(s, Whole, PerUser, Lines));
        Assert.Single(await s.EntriesAsync());
        Assert.Equal(SettleOutcome.Unknown, await s.Store.SettlePartAsync("acme", Guid.CreateVersion7(s.Clock.Now), batch.Part(0, []), CancellationToken.None));
        Assert.Equal(SettleOutcome.Unknown, await s.Store.SettlePartAsync("other", batch.Id, batch.Part(1, []), CancellationToken.None));
        var call = s.Call(1, [Whole]);
        await s.ReserveAsync(call);
        Assert.Equal(SettleOutcome.Unknown, await s.Store.SettlePartAsync("acme", call.Id, batch.Part(0, []), CancellationToken.None));
    }

    [Fact]
    public async Task Racing_parts_of_one_number_are_booked_once()
    {
        using var s = Begin();
        var batch = ThreeLines(s);
        await s.ReserveAsync(batch.Reservation);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => PartAsync(s, batch, 0, (0, 40), (1, 30)))));
        Assert.Single(outcomes, SettleOutcome.Resolved);
        Assert.Equal(7, outcomes.Count(outcome => outcome == SettleOutcome.AlreadyResolved));
        Assert.Equal("whole:=70+300 users:ann=40+300 users:bob=30+0 lines:=2+1", await StatesAsync(s, Whole, PerUser, Lines));
        Assert.Equal(2, (await s.EntriesAsync()).Count);
    }

    [Fact]
    public async Task A_part_that_can_not_be_meant_books_nothing()
    {
        using var s = Begin();
        var batch = ThreeLines(s);
        await s.ReserveAsync(batch.Reservation);
        var part = batch.Part(0, ThreeBudgets, (0, 40));
        foreach (var wrong in new[]
        {
            part with { Shares = [1] },
            part with { Entries = [part.Entries[0] with { Tenant = "other" }] },
            part with { Entries = [.. Enumerable.Range(0, 501).Select(i => batch.EntryOf(i % 3, 1) with { Id = Guid.CreateVersion7(s.Clock.Now) })] },
        })
            await Assert.ThrowsAsync<ArgumentException>(async () => await s.Store.SettlePartAsync("acme", batch.Id, wrong, CancellationToken.None));
        Assert.Equal("whole:=0+600 users:ann=0+400 users:bob=0+200 lines:=0+3", await StatesAsync(s, Whole, PerUser, Lines));
        var greedy = part with { Shares = [.. part.Shares.Select(_ => long.MaxValue)], Released = new(long.MaxValue), ReleasedUsage = StandingBatch.UsageOf(1L << 60) };
        Assert.Equal(SettleOutcome.Resolved, await s.Store.SettlePartAsync("acme", batch.Id, greedy, CancellationToken.None));
        Assert.Equal("whole:=40+0 users:ann=40+0 lines:=1+0", await StatesAsync(s, Whole, PerUser, Lines));
        Assert.Equal(SettleOutcome.Resolved, await s.VoidAsync(batch.Id));
        Assert.Equal("whole:=40+0 users:ann=40+0 lines:=1+0", await StatesAsync(s, Whole, PerUser, Lines));
    }

    [Fact]
    public async Task A_line_that_overran_is_booked_above_the_limit_and_the_others_keep_their_holds()
    {
        using var s = Begin();
        var batch = ThreeLines(s);
        await s.ReserveAsync(batch.Reservation);
        Assert.Equal(SettleOutcome.Resolved, await PartAsync(s, batch, 0, (1, 900)));
        Assert.Equal("whole:=900+400 users:ann=0+400 users:bob=900+0 lines:=1+2", await StatesAsync(s, Whole, PerUser, Lines));
        Assert.Equal(700, Assert.Single(await s.EntriesAsync()).Overrun.Value);
        await AgreesAsync(s);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ann")]
    [InlineData("eve")]
    public async Task What_is_left_when_the_lifetime_ends_is_charged_to_the_batch_and_late_lines_take_it_back(string? user)
    {
        using var s = Begin();
        var batch = ThreeLines(s, user: user);
        await s.ReserveAsync(batch.Reservation);
        await PartAsync(s, batch, 0, (0, 40));
        s.Clock.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, await s.ExpireAsync());
        s.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await s.ExpireAsync());
        var spent = await s.ReadAsync(PerUser);
        Assert.Equal(user == "ann" ? 540 : 500, spent.Single(state => state.ScopeValue == (user ?? "")).Spent);
        Assert.All(spent, state => Assert.Equal(0, state.Held));
        await AgreesAsync(s);
        s.Crash();

        Assert.Equal(SettleOutcome.AlreadyResolved, await PartAsync(s, batch, 0, (0, 40)));
        Assert.Equal(SettleOutcome.Adjusted, await PartAsync(s, batch, 1, (1, 7)));
        Assert.Equal(SettleOutcome.AlreadyResolved, await PartAsync(s, batch, 1, (1, 7)));
        Assert.Equal((347, 0), await s.CounterAsync(Whole));
        await AgreesAsync(s);
        s.Crash();
        Assert.Equal(SettleOutcome.Adjusted, await PartAsync(s, batch, 2, (2, null)));
        Assert.Equal(SettleOutcome.Adjusted, await s.VoidAsync(batch.Id));
        Assert.Equal((47, 0), await s.CounterAsync(Whole));
        // The presumed entry stays a call in the ledger, and so in the counter.
        Assert.Equal((3, 0), await s.CounterAsync(Lines));
        await AgreesAsync(s);

        var entries = await s.EntriesAsync();
        var presumed = Assert.Single(entries, e => e.Basis == UsageBasis.Presumed);
        Assert.Equal((batch.Id, 500, 1_000), (presumed.Id, presumed.Cost.Value, presumed.Usage.Total));
        Assert.All(entries.Where(e => e.Adjusts is not null), e => Assert.Equal((batch.Id, batch.Id), (e.Adjusts!.Value, e.RequestId)));
        var ofBatch = entries.Where(e => e.RequestId == batch.Id).ToList();
        Assert.Equal((0, 0, 0), (ofBatch.Sum(e => e.Cost.Value), ofBatch.Sum(e => e.Charged.Value), ofBatch.Sum(e => e.Usage.Total)));
    }

    [Fact]
    public async Task A_late_void_takes_back_what_parts_have_left()
    {
        using var s = Begin();
        var batch = ThreeLines(s);
        await s.ReserveAsync(batch.Reservation);
        s.Clock.Advance(TimeSpan.FromDays(7));
        await s.ExpireAsync();
        Assert.Equal(SettleOutcome.Adjusted, await PartAsync(s, batch, 0, (0, 40)));
        Assert.Equal(SettleOutcome.Adjusted, await s.VoidAsync(batch.Id));
        Assert.Equal("whole:=40+0", await StatesAsync(s, Whole));
        Assert.Equal([-500L, -100, 40, 600], (await s.EntriesAsync()).Select(e => e.Cost.Value).Order());
        await AgreesAsync(s);
    }

    [Fact]
    public async Task A_budget_counted_anew_gets_the_holds_of_the_lines_again()
    {
        using var s = Begin();
        var batch = ThreeLines(s);
        await s.ReserveAsync(batch.Reservation);
        await PartAsync(s, batch, 0, (0, 40));
        foreach (var budget in ThreeBudgets)
            await s.SeedAsync(budget);
        s.Crash();
        await s.SeedAsync(PerUser with { Limit = 700 });
        Assert.Equal("whole:=40+500 users:ann=40+300 users:bob=0+200 lines:=1+2", await StatesAsync(s, Whole, PerUser, Lines));
        await PartAsync(s, batch, 1, (1, 20));
        Assert.Equal("whole:=60+300 users:ann=40+300 users:bob=20+0 lines:=2+1", await StatesAsync(s, Whole, PerUser, Lines));
        await AgreesAsync(s);
    }

    [Fact]
    public async Task A_budget_made_while_the_batch_stands_holds_it_as_one_call_and_counts_its_lines()
    {
        using var s = Begin();
        var batch = ThreeLines(s, [Whole], "eve");
        await s.ReserveAsync(batch.Reservation);
        Budget tokens = StoreScenario.Money("tokens", 5_000, "month") with { LimitKind = LimitKind.Tokens };
        foreach (var made in new[] { PerUser, Lines, tokens })
            await s.SeedAsync(made);
        Assert.Equal("users:eve=0+600 lines:=0+1 tokens:=0+1200", await StatesAsync(s, PerUser, Lines, tokens));
        var part = batch.Part(0, [Whole, PerUser, Lines, tokens], (0, 40), (1, 50));
        Assert.Equal(SettleOutcome.Resolved, await s.Store.SettlePartAsync("acme", batch.Id, part, CancellationToken.None));
        Assert.Equal("users:ann=40+0 users:bob=50+0 users:eve=0+300 lines:=2+1 tokens:=180+600", await StatesAsync(s, PerUser, Lines, tokens));
        s.Crash();
        Assert.Equal("users:ann=40+0 users:bob=50+0 users:eve=0+300 lines:=2+1 tokens:=180+600", await StatesAsync(s, PerUser, Lines, tokens));
        s.Clock.Advance(TimeSpan.FromDays(7));
        Assert.Equal(1, await s.ExpireAsync());
        Assert.Equal("users:ann=40+0 users:bob=50+0 users:eve=300+0 lines:=3+0 tokens:=780+0", await StatesAsync(s, PerUser, Lines, tokens));
        await AgreesAsync(s);
    }

    [Fact]
    public async Task Lines_of_windows_that_have_ended_count_there_no_longer()
    {
        using var s = Begin();
        Budget day = StoreScenario.Money("day", 1_000), rolling = StoreScenario.Money("rolling", 1_000, "rolling:PT6H");
        var batch = new StandingBatch(s, [day, rolling, Whole], [("ann", "a", 100), ("bob", "b", 200)]);
        await s.ReserveAsync(batch.Reservation);
        s.Clock.Advance(TimeSpan.FromDays(1));
        var part = batch.Part(0, [day, rolling, Whole], (0, 40));
        Assert.Equal(SettleOutcome.Resolved, await s.Store.SettlePartAsync("acme", batch.Id, part, CancellationToken.None));
        Assert.Equal("whole:=40+200", await StatesAsync(s, day, rolling, Whole));
        await AgreesAsync(s);
    }

    [Fact]
    public async Task Hundreds_of_holds_are_one_step()
    {
        using var s = Begin();
        var lines = Enumerable.Range(0, 400).Select(i => ((string?)$"u{i}", $"m{i % 3}", 1L + i)).ToList();
        Budget[] budgets = [StoreScenario.Money("whole", 1_000_000), StoreScenario.Money("users", 1_000, per: BudgetDimension.User), StoreScenario.Money("models", 1_000_000, per: BudgetDimension.Model)];
        var batch = new StandingBatch(s, budgets, lines);
        Assert.Null((await s.ReserveAsync(batch.Reservation)).Refusal);
        Assert.Null((await s.ReserveAsync(batch.Reservation)).Refusal);
        var part = batch.Part(0, budgets, [.. Enumerable.Range(0, 400).Select(i => (i, (long?)(i % 2 == 0 ? i : null)))]);
        Assert.Equal(SettleOutcome.Resolved, await s.Store.SettlePartAsync("acme", batch.Id, part, CancellationToken.None));
        Assert.Equal(SettleOutcome.Resolved, await s.VoidAsync(batch.Id));
        Assert.Equal((39_800, 0), await s.CounterAsync(budgets[0]));
        Assert.Equal((39_800, 0), ((await s.ReadAsync(budgets[1])).Sum(state => state.Spent), (await s.ReadAsync(budgets[1])).Sum(state => state.Held)));
        await AgreesAsync(s);
    }

    [Fact]
    public void Any_history_of_batches_agrees_with_the_oracle()
    {
        var histories = Gen.ListOf(Gen.Choose(0, int.MaxValue)).Select(list => list.ToArray()).Resize(80);
        Prop.ForAll(Arb.From(histories, Shorter), Play).Check(Config.QuickThrowOnFailure.WithMaxTest(Histories));

        void Play(int[] steps)
        {
            using var s = Begin();
            new StandingHistory(s, LoseAsync).PlayAsync(steps).GetAwaiter().GetResult();
        }
    }
}
