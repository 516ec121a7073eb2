using BudgetProxy.Alerts;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Alerts;

public sealed class RefusalCountTests
{
    [Theory]
    [InlineData(0, 19, false)]
    [InlineData(0, 20, true)]
    [InlineData(5, 19, false)]
    [InlineData(5, 20, true)]
    [InlineData(30, 59, false)]
    [InlineData(30, 60, true)]
    [InlineData(1000, 1999, false)]
    [InlineData(1000, 2000, true)]
    public void What_is_usual_does_not_ring_and_twice_as_much_does(int usual, int burst, bool rings)
    {
        var count = new RefusalCount();
        var minute = 1_000L;
        for (; minute < 2_000; minute++)
        {
            for (var i = 0; i < usual; i++)
                count.Add(minute);
        }

        for (var i = 0; i < burst; i++)
            count.Add(minute);
        Assert.InRange(count.Usual, usual * 0.999, usual * 1.001);
        Assert.Equal(rings, count.IsOutOfTheOrdinary);
    }

    [Fact]
    public void Quiet_hours_take_the_usual_down()
    {
        var count = new RefusalCount();
        for (var minute = 1L; minute <= 600; minute++)
        {
            for (var i = 0; i < 100; i++)
                count.Add(minute);
        }

        for (var i = 0; i < 100; i++)
            count.Add(601 + 600);
        Assert.InRange(count.Usual, 0, 1);
        Assert.True(count.IsOutOfTheOrdinary);
    }

    [Fact]
    public void A_flood_of_names_stays_bounded()
    {
        var clock = new TestClock();
        var signals = new CallSignals(clock);
        Parallel.For(0, CallSignals.MostCounters * 2, i =>
        {
            signals.Refused($"t{i}", "budget_exceeded", null);
            signals.Touch(new CounterKey("acme", "b", $"u{i}"));
            signals.Unpriced(new UnpricedModel("acme", "openai", new string('m', 100_000) + i, true));
        });
        Assert.InRange(signals.TakeTouched(int.MaxValue).Count, CallSignals.MostCounters * 9 / 10, CallSignals.MostCounters);
        Assert.Empty(signals.TakeTouched(int.MaxValue));
        Assert.All(signals.TakeModels(), model => Assert.InRange(model.Model.Length, 1, 200));

        // There is room again for whoever comes later.
        for (var i = 0; i < 20; i++)
            signals.Refused("late", "budget_exceeded", null);
        Assert.Empty(signals.TakeBursts());
        clock.Advance(TimeSpan.FromHours(4));
        signals.ForgetQuiet();
        for (var i = 0; i < 20; i++)
            signals.Refused("late", "budget_exceeded", null);
        Assert.Equal(new RefusalBurst("late", "budget_exceeded", 20, 0), Assert.Single(signals.TakeBursts()));
        Assert.True(signals.Touch(new CounterKey("acme", "b", "late")));
    }

    [Fact]
    public void Calls_of_budgets_without_shares_leave_nothing()
    {
        var signals = new CallSignals(new TestClock());
        Assert.True(BudgetWindow.TryParse("day", TimeZoneInfo.Utc, out var window));
        var silent = new Budget { Tenant = "acme", Name = "a", LimitKind = LimitKind.Usd, Limit = 1, Window = window };
        signals.Spent([new Hold(silent, "", 1), new Hold(silent with { Name = "b", AlertAtPercent = [50] }, "u", 1)]);
        signals.Spent([new Hold(silent with { Name = "b", AlertAtPercent = [50] }, "u", 1)]);
        Assert.Equal(new CounterKey("acme", "b", "u"), Assert.Single(signals.TakeTouched(10)));
    }
}
