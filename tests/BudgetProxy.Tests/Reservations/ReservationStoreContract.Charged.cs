using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Tests.Reservations;

/// <summary>Budgets of what the customer is charged: the cost with the markup of the call's reservation.</summary>
public abstract partial class ReservationStoreContract
{
    private static readonly Budget Credit = StoreScenario.Money("credit", 1_000, "lifetime") with { LimitKind = LimitKind.Charged };

    [Fact]
    public async Task A_charged_limit_holds_the_worst_case_with_markup_and_spends_what_is_charged()
    {
        using var s = Begin();
        var cost = StoreScenario.Money("cost", 1_000, "lifetime");
        var first = s.Call(500, [cost, Credit]);
        var outcome = await s.ReserveAsync(first);
        Assert.Equal(new NanoUsd(1_000 - 575), outcome.RemainingUsd);
        Assert.Equal((0, 575), await s.CounterAsync(Credit));
        var refusal = (await s.ReserveAsync(s.Call(400, [cost, Credit]))).Refusal!;
        Assert.Equal(("credit", 1_000, 0, 575, true), (refusal.Budget.Name, refusal.Limit, refusal.Spent, refusal.Held, refusal.HeldByOthers));
        await s.SettleAsync(first.Id, 100);
        Assert.Equal((115, 0), await s.CounterAsync(Credit));
        Assert.Equal((100, 0), await s.CounterAsync(cost));
        // 769 × 1.15 = 884.35, rounded up where it is asked for: one nano-dollar less remains.
        Assert.NotNull((await s.ReserveAsync(s.Call(770, [Credit]))).Refusal);
        Assert.Null((await s.ReserveAsync(s.Call(769, [Credit]))).Refusal);
    }

    [Fact]
    public async Task What_is_presumed_and_corrected_and_booked_from_outside_is_spent_as_charged()
    {
        using var s = Begin();
        var lost = s.Call(30, [Credit]);
        await s.ReserveAsync(lost);
        s.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await s.ExpireAsync());
        // 34.5 is charged as 34: half-even.
        Assert.Equal((34, 0), await s.CounterAsync(Credit));
        Assert.Equal(SettleOutcome.Adjusted, await s.SettleAsync(lost.Id, 10));
        Assert.Equal((12, 0), await s.CounterAsync(Credit));

        var entry = (await s.EntriesAsync()).First(booked => booked.Adjusts is null) with { Id = Guid.CreateVersion7(s.Clock.Now), Cost = new NanoUsd(7), Charged = new NanoUsd(50) };
        await s.Ledger.AppendAsync([entry], [Credit], CancellationToken.None);
        Assert.Equal((62, 0), await s.CounterAsync(Credit));
        var correction = entry with { Id = Guid.CreateVersion7(s.Clock.Now), Adjusts = entry.Id, Cost = new NanoUsd(-7), Charged = new NanoUsd(-50), Usage = default };
        await s.Ledger.AppendAsync([correction], [Credit], CancellationToken.None);
        Assert.Equal((12, 0), await s.CounterAsync(Credit));
        // Counted anew it comes to the same.
        var again = Credit with { Window = StoreScenario.Money("w", 1, "year").Window };
        await s.SeedAsync(again);
        Assert.Equal((12, 0), await s.CounterAsync(again));
    }

    [Fact]
    public async Task Any_cost_is_spent_with_any_markup_as_the_ledger_books_it()
    {
        using var s = Begin();
        var budget = Credit with { Mode = BudgetMode.Shadow };
        long[] costs = [1, 3, 9_999, 10_000, 10_001, 25_005, 123_456_789, 4_999_999_999_995, 400_000_000_000_005];
        int[] markups = [0, 1, 2_500, 3_333, 5_000, 9_999, 10_000, 100_000];
        var spent = 0L;
        foreach (var (cost, markup) in costs.SelectMany(cost => markups.Select(markup => (cost, markup))))
        {
            var call = s.Call(cost, [budget]) with { MarkupBasisPoints = markup };
            await s.ReserveAsync(call);
            Assert.Equal(SettleOutcome.Resolved, await s.SettleAsync(call.Id, cost));
            spent += new NanoUsd(cost).WithMarkup(markup).Value;
            Assert.Equal((cost, markup, spent), (cost, markup, (await s.CounterAsync(budget)).Spent));
        }

        Assert.Equal(spent, (await s.EntriesAsync()).Sum(entry => entry.Charged.Value));
    }

    [Fact]
    public async Task A_budget_defined_while_a_call_is_open_holds_it_as_charged()
    {
        using var s = Begin();
        var call = s.Call(100, []);
        await s.ReserveAsync(call);
        await s.SeedAsync(Credit);
        Assert.Equal((0, 115), await s.CounterAsync(Credit));
        s.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(1, await s.ExpireAsync());
        Assert.Equal((115, 0), await s.CounterAsync(Credit));
        Assert.Equal(UsageBasis.Presumed, Assert.Single(await s.EntriesAsync()).Basis);
    }
}
