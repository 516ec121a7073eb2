using BudgetProxy.Insight;

namespace BudgetProxy.Tests.Insight;

/// <summary>What both stores of what onlookers see must do.</summary>
public abstract class InsightStoreContract
{
    private static readonly DateTimeOffset Hour = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    protected abstract IInsightStore Store { get; }

    [Fact]
    public async Task Refusals_add_up_and_the_latest_reasons_come_first()
    {
        await Store.AddRefusalsAsync([Count("acme", "budget_exceeded", "monthly", "gpt-4o", 2), Count("", "invalid_api_key", "", "", 5, seconds: 9)], CancellationToken.None);
        await Store.AddRefusalsAsync(
            [Count("acme", "budget_exceeded", "monthly", "gpt-4o", 3, seconds: 7), Count("acme", "budget_exceeded", "monthly", "gpt-4o", 1, hours: 1), Count("zeta", "unpriced_model", "", "x\0y", 1)],
            CancellationToken.None);

        var all = await Store.RefusalsAsync(null, Hour, 2, CancellationToken.None);
        Assert.Equal([("acme", 6L), ("", 5L)], all.Recent.Select(count => (count.Tenant, count.Count)));
        Assert.Equal(Hour.AddHours(1), all.Recent[0].LastAt);
        Assert.Equal([("budget_exceeded", 5L), ("invalid_api_key", 5L), ("unpriced_model", 1L), ("budget_exceeded", 1L)], all.Hours.Select(hour => (hour.Code, hour.Count)));

        var own = await Store.RefusalsAsync("acme", Hour.AddHours(1), 10, CancellationToken.None);
        Assert.Equal(1, Assert.Single(own.Recent).Count);
        Assert.Equal(Hour.AddHours(1), Assert.Single(own.Hours).Hour);

        await Store.ForgetRefusalsAsync(Hour.AddHours(1), CancellationToken.None);
        var left = await Store.RefusalsAsync(null, Hour, 10, CancellationToken.None);
        Assert.Equal((1, 1), (left.Recent.Count, left.Hours.Count));
    }

    [Fact]
    public async Task A_pulse_is_seen_and_the_stores_say_how_they_are()
    {
        await Store.BeatAsync(new ProxyPulse("p1", 3, 0, new Dictionary<string, long> { ["acme"] = 4 }), CancellationToken.None);
        var pulse = Assert.Single(await Store.PulsesAsync(CancellationToken.None));
        Assert.Equal(("p1", 3, 0L, 4L), (pulse.Proxy, pulse.CallsInFlight, pulse.HeldNanoUsd, pulse.Refused["acme"]));
        var states = await Store.CheckAsync(CancellationToken.None);
        Assert.NotEmpty(states);
        Assert.All(states, state => Assert.True(state.Ok, state.Detail));
    }

    private static RefusalCount Count(string tenant, string code, string budget, string model, long count, int hours = 0, int seconds = 0) =>
        new(Hour.AddHours(hours), tenant, code, budget, model, count, Hour.AddHours(hours).AddSeconds(seconds));
}
