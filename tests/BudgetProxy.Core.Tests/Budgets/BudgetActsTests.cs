using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Budgets;

public sealed class BudgetActsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("day", "Europe/Berlin")]
    [InlineData("hour", "Asia/Kolkata")]
    [InlineData("lifetime", "UTC")]
    [InlineData("rolling:PT1H", "UTC")]
    [InlineData("rolling:PT1M7S", "UTC")]
    [InlineData("rolling:PT1S", "UTC")]
    public void A_top_up_counts_in_a_slot_as_long_as_its_own_slot_does(string window, string zone)
    {
        var budget = Budget(1_000, window, zone);
        var instants = Gen.ListOf(Gen.Choose(-200_000, 200_000)).Select(list => list.ToArray());
        Prop.ForAll(Arb.From(instants), Check).QuickCheckThrowOnFailure();

        void Check(int[] seconds)
        {
            var acts = seconds.Select((second, i) => Act(100 + i, Noon.AddMilliseconds(second * 331L), "k" + i)).ToList();
            var topped = budget.With(acts);
            foreach (var now in seconds.Select(second => Noon.AddMilliseconds(second * 577L)).Append(Noon))
            {
                var slot = budget.Window.SlotAt(now);
                var expected = acts.Where(act => Counts(budget.Window, act.At, slot)).Sum(act => act.TopUp!.Value);
                Assert.Equal(1_000 + expected, topped.LimitIn("", slot));
            }
        }
    }

    [Fact]
    public void A_top_up_leaves_a_rolling_window_no_later_than_what_was_spent_then_and_at_most_a_slot_sooner()
    {
        var budget = Budget(0, "rolling:PT1H").With([Act(7, Noon, "k")]);
        var spent = budget.Window.SlotAt(Noon).Ends!.Value;
        var length = budget.Window.SlotAt(Noon).Next!.Value - budget.Window.SlotAt(Noon).Start;
        for (var now = Noon; now < spent + length; now += TimeSpan.FromSeconds(1))
        {
            var counts = budget.LimitIn("", budget.Window.SlotAt(now)) == 7;
            Assert.True(counts ? now < spent : now >= spent - length, $"{now:O}");
        }
    }

    [Fact]
    public void A_top_up_for_one_value_is_that_values_and_only_while_the_budget_is_counted_by_it()
    {
        var budget = Budget(10, "month") with { Per = BudgetDimension.User };
        var acts = new[] { Act(1, Noon, "a"), Act(20, Noon, "b", "user", "ann"), Act(300, Noon, "c", "user", "ann"), Act(4_000, Noon, "d", "project", "ann") };
        var slot = budget.Window.SlotAt(Noon);
        Assert.Equal((331, 11, 11), (budget.With(acts).LimitIn("ann", slot), budget.With(acts).LimitIn("bob", slot), budget.With(acts).LimitIn("", slot)));
        Assert.Equal(4_011, (budget with { Per = BudgetDimension.Project }).With(acts).LimitIn("ann", slot));
    }

    [Fact]
    public void The_limit_never_passes_the_largest_and_calls_are_never_topped_up()
    {
        var slot = Budget(0, "month").Window.SlotAt(Noon);
        var acts = new[] { Act(NanoUsd.MaxLimit.Value, Noon, "a") };
        Assert.Equal(NanoUsd.MaxLimit.Value, Budget(9, "month").With(acts).LimitIn("", slot));
        Assert.Equal(9, (Budget(9, "month") with { LimitKind = LimitKind.Requests }).With(acts).LimitIn("", slot));
    }

    [Fact]
    public void Only_resets_change_the_shape_and_each_of_them_does()
    {
        var budget = Budget(10, "month") with { Per = BudgetDimension.User };
        BudgetAct all = Act(null, Noon, "a"), ann = Act(null, Noon.AddHours(1), "b", "user", "ann"), bob = ann with { Id = "c", Value = "bob" },
            before = ann with { Id = "d", At = Noon.AddHours(-1) };
        Assert.Equal(budget.Shape, budget.With([Act(5, Noon, "k")]).Shape);
        BudgetAct[][] histories = [[], [all], [ann], [bob], [ann, bob], [all, ann], [all with { At = Noon.AddDays(1) }]];
        Assert.Equal(histories.Length, histories.Select(acts => budget.With(acts).Shape).Distinct().Count());
        Assert.Equal(budget.With([all]).Shape, budget.With([before, all]).Shape);
        Assert.Equal(budget.With([ann, bob]).Shape, budget.With([bob, ann]).Shape);
    }

    [Fact]
    public void A_call_counts_from_the_instant_of_the_last_reset_on()
    {
        var acts = BudgetActs.Of([Act(null, Noon, "a"), Act(null, Noon.AddHours(2), "b", "user", "ann"), Act(null, Noon.AddHours(1), "c", "user", "ann")], "user");
        Assert.Equal([false, true, true], new[] { -1, 0, 1 }.Select(ms => acts.Counts("bob", Noon.AddMilliseconds(ms))));
        Assert.Equal([false, true], new[] { -1, 0 }.Select(ms => acts.Counts("ann", Noon.AddHours(2).AddMilliseconds(ms))));
        Assert.Equal((Noon.AddHours(2), 1), (acts.LastReset, acts.SingleResets));
    }

    private static bool Counts(BudgetWindow window, DateTimeOffset topUp, WindowSlot present)
    {
        var own = window.SlotAt(topUp);
        return window.Kind != WindowKind.Rolling ? own == present : own.Ends >= present.Next;
    }

    private static BudgetAct Act(long? topUp, DateTimeOffset at, string id, string? per = null, string? value = null) => new("acme", "b", id, per, value, topUp, at);

    private static Budget Budget(long limit, string window, string zone = "UTC") => new()
    {
        Tenant = "acme",
        Name = "b",
        LimitKind = LimitKind.Usd,
        Limit = limit,
        Window = BudgetWindow.TryParse(window, TimeZoneInfo.FindSystemTimeZoneById(zone), out var parsed) ? parsed : throw new FormatException(window),
    };
}
