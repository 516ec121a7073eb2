using BudgetProxy.Core.Budgets;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Alerts;

public sealed class ThresholdCheckTests
{
    /// <summary>Longer than a counter rests, and than a mark is kept in mind.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(61);

    [Fact]
    public async Task A_share_rings_once_in_each_window()
    {
        await using var scene = await FinderScene.StartAsync();
        await scene.PutBudgetAsync("day", 1000, LimitKind.Usd, 50, 80, 100);
        Assert.Empty(await scene.RingAsync());
        await scene.SpendAsync(499);
        Assert.Empty(await scene.RingAsync());
        await scene.SpendAsync(1);
        Assert.Equal([50], await scene.RingAsync());
        Assert.Empty(await scene.RingAsync());
        await scene.SpendAsync(600);
        Assert.Equal([80, 100], await scene.RingAsync());
        scene.Clock.Advance(Later);
        Assert.Empty(await scene.RingAsync());
        scene.Clock.Advance(TimeSpan.FromHours(12));
        Assert.Empty(await scene.RingAsync());
        await scene.SpendAsync(500);
        Assert.Equal([50], await scene.RingAsync());
    }

    [Fact]
    public async Task Another_limit_or_shape_rings_again_and_another_mode_does_not()
    {
        await using var scene = await FinderScene.StartAsync();
        var budget = await scene.PutBudgetAsync("month", 1000, LimitKind.Usd, 50);
        await scene.SpendAsync(700);
        Assert.Equal([50], await scene.RingAsync());
        await scene.Directory.PutBudgetAsync(budget with { Mode = BudgetMode.Shadow }, default);
        Assert.Empty(await scene.RingAsync());
        await scene.Directory.PutBudgetAsync(budget with { Limit = 2000 }, default);
        Assert.Empty(await scene.RingAsync());
        await scene.SpendAsync(300);
        Assert.Equal([50], await scene.RingAsync());
        await scene.Directory.PutBudgetAsync(budget with { Limit = 1500 }, default);
        Assert.Equal([50], await scene.RingAsync());
        await scene.Directory.PutBudgetAsync(budget with { Limit = 1500, AlertAtPercent = [50, 60] }, default);
        Assert.Equal([60], await scene.RingAsync());
        await scene.Directory.PutBudgetAsync(budget with { Limit = 1500, AlertAtPercent = [50, 60], Per = BudgetDimension.Model }, default);
        Assert.Empty(await scene.RingAsync());
        Assert.NotEmpty(await scene.Thresholds.CheckAsync([new("acme", "b", "gpt-4o-mini")], default));
        await scene.Directory.DeleteBudgetAsync("acme", "b", default);
        Assert.Empty(await scene.Thresholds.CheckAsync([new("acme", "b", "gpt-4o-mini"), new("nobody", "b", "")], default));
    }

    [Fact]
    public async Task A_rolling_window_rings_once_in_its_length_and_a_lifetime_once()
    {
        await using var scene = await FinderScene.StartAsync();
        await scene.PutBudgetAsync("rolling:PT1H", 1000, LimitKind.Usd, 50);
        for (var minute = 0; minute < 120; minute += 10)
        {
            await scene.SpendAsync(200);
            // Above half from the third on, and ever after: it rings then and an hour later.
            Assert.Equal(minute is 20 or 80, (await scene.RingAsync()).Count == 1);
            scene.Clock.Advance(TimeSpan.FromMinutes(10));
        }

        await scene.PutBudgetAsync("lifetime", 1000, LimitKind.Requests, 1);
        Assert.Equal([1], await scene.RingAsync());
        scene.Clock.Advance(TimeSpan.FromDays(4000));
        await scene.SpendAsync(1);
        Assert.Empty(await scene.RingAsync());
    }

    [Fact]
    public async Task Sums_near_the_largest_limit_are_exact_and_a_limit_of_0_never_rings()
    {
        await using var scene = await FinderScene.StartAsync();
        await scene.PutBudgetAsync("day", 1L << 52, LimitKind.Usd, 100);
        await scene.SpendAsync((1L << 52) - 1);
        Assert.Empty(await scene.RingAsync());
        await scene.SpendAsync(1);
        Assert.Equal([100], await scene.RingAsync());
        await scene.PutBudgetAsync("day", 0, LimitKind.Usd, 100);
        Assert.Empty(await scene.RingAsync());
    }
}
