using BudgetProxy.Reservations;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Reservations;

/// <summary>What every store must do with a standing reservation that ends as a whole, as one call does.</summary>
public abstract partial class ReservationStoreContract
{
    private static Reservation StandingCall(StoreScenario s, long amount, string? user = "ann") => s.Call(amount, ThreeBudgets, user) with { Standing = true };

    [Fact]
    public async Task A_standing_reservation_settles_as_one_call_whoever_made_it()
    {
        using var s = Begin();
        var call = StandingCall(s, 100);
        await s.Store.DurableAsync((await s.ReserveAsync(call)).Commit);
        s.Crash();
        Assert.Equal("whole:=0+100 users:ann=0+100 lines:=0+1", await StatesAsync(s, Whole, PerUser, Lines));
        Assert.Equal(SettleOutcome.Unknown, await s.Store.SettleAsync("other", call.Id, StoreScenario.Cost(70), CancellationToken.None));
        Assert.Equal(SettleOutcome.Resolved, await s.SettleAsync(call.Id, 70));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.SettleAsync(call.Id, 80));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.VoidAsync(call.Id));
        s.Crash();
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.SettleAsync(call.Id, 90));
        s.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(0, await s.ExpireAsync());
        Assert.Equal("whole:=70+0 users:ann=70+0 lines:=1+0", await StatesAsync(s, Whole, PerUser, Lines));
        var entry = Assert.Single(await s.EntriesAsync());
        Assert.Equal((call.Id, 70, 100), (entry.Id, entry.Cost.Value, entry.Reserved.Value));
        await AgreesAsync(s);
    }

    [Fact]
    public async Task A_standing_reservation_whose_time_is_over_is_charged_and_settles_late_as_one_correction()
    {
        using var s = Begin();
        var call = StandingCall(s, 100);
        await s.ReserveAsync(call);
        s.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await s.ExpireAsync());
        Assert.Equal("whole:=100+0 users:ann=100+0 lines:=1+0", await StatesAsync(s, Whole, PerUser, Lines));
        s.Crash();
        Assert.Equal(SettleOutcome.Adjusted, await s.SettleAsync(call.Id, 30));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.SettleAsync(call.Id, 40));
        Assert.Equal(SettleOutcome.AlreadyResolved, await s.VoidAsync(call.Id));
        Assert.Equal("whole:=30+0 users:ann=30+0 lines:=1+0", await StatesAsync(s, Whole, PerUser, Lines));
        Assert.Equal([100L, -70L], (await s.EntriesAsync()).Select(entry => entry.Cost.Value));
        await AgreesAsync(s);
    }

    [Fact]
    public async Task Of_racing_ends_of_a_standing_reservation_one_counts()
    {
        using var s = Begin();
        for (var round = 0; round < 8; round++)
        {
            var before = (await s.EntriesAsync()).Count;
            var call = StandingCall(s, 10);
            await s.ReserveAsync(call);
            var ends = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => Task.Run(() => i % 3 == 2 ? s.VoidAsync(call.Id) : s.SettleAsync(call.Id, 3 + i))));
            Assert.Single(ends, SettleOutcome.Resolved);
            Assert.InRange((await s.EntriesAsync()).Count - before, 0, 1);
        }

        Assert.Equal(0, (await s.ReadAsync(Whole, Lines)).Sum(state => state.Held));
        await AgreesAsync(s);
    }

    [Fact]
    public void Counters_equal_the_ledger_after_any_mix_of_ends_of_standing_reservations() => Prop.ForAll(
        Gen.Choose(0, 9).ListOf(24).ToArbitrary(),
        steps => MixAsync(steps).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(Math.Max(5, Histories / 4)));

    private async Task MixAsync(IEnumerable<int> steps)
    {
        using var s = Begin();
        var open = new List<Reservation>();
        // What each reservation must come to in the end: what was settled, nothing, or all of it.
        var owed = new Dictionary<Guid, long>();
        var amount = 7L;
        foreach (var step in steps)
        {
            amount = (amount * 31 % 40) + 1;
            var first = open.FirstOrDefault();
            switch (step)
            {
                case <= 3:
                    var call = StandingCall(s, amount, step % 2 == 0 ? "ann" : null);
                    if ((await s.ReserveAsync(call)).Refusal is null)
                        open.Add(call);
                    break;
                case 4 or 5 when first is not null:
                    await s.SettleAsync(first.Id, amount);
                    owed[first.Id] = amount;
                    if (step == 5)
                        await s.SettleAsync(first.Id, amount + 1);
                    open.Remove(first);
                    break;
                case 6 when first is not null:
                    await s.VoidAsync(first.Id);
                    owed[first.Id] = 0;
                    open.Remove(first);
                    break;
                case 7:
                    s.Clock.Advance(TimeSpan.FromMinutes(11));
                    await s.ExpireAsync();
                    break;
                case 8:
                    s.Crash();
                    break;
                case 9:
                    await LoseAsync(s);
                    break;
            }
        }

        s.Clock.Advance(TimeSpan.FromMinutes(11));
        await s.ExpireAsync();
        foreach (var call in open)
            owed[call.Id] = call.Amount.Value;
        var entries = await s.EntriesAsync();
        foreach (var (id, cost) in owed)
            Assert.Equal(cost, entries.Where(entry => entry.RequestId == id).Sum(entry => entry.Cost.Value));
        var states = await s.ReadAsync(Whole, Lines);
        Assert.Equal(entries.Sum(entry => entry.Cost.Value), states.Single(state => state.Budget == Whole).Spent);
        Assert.Equal(entries.Count(entry => entry.Adjusts is null), states.Single(state => state.Budget == Lines).Spent);
        Assert.Equal(0, states.Sum(state => state.Held));
        await AgreesAsync(s);
    }
}
