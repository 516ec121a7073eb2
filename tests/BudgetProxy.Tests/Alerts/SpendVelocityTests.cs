using BudgetProxy.Alerts;

namespace BudgetProxy.Tests.Alerts;

public sealed class SpendVelocityTests
{
    private const long Dollar = 1_000_000_000;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Twice_the_busiest_five_minutes_of_the_week_rings_once_an_hour()
    {
        await using var scene = await FinderScene.StartAsync();
        // Two hours of a dollar a minute: never anything to tell.
        Assert.Empty(await RunAsync(scene, minutes: 120, each: Dollar));
        // Five of 1.80 after one of 1.00, all within five minutes to the instant, are not more than twice as much.
        Assert.Empty(await RunAsync(scene, minutes: 5, each: Dollar * 9 / 5));
        Assert.Empty(await RunAsync(scene, minutes: 30, each: 0));
        var rung = await RunAsync(scene, minutes: 20, each: Dollar * 5);
        Assert.Equal(AlertKinds.SpendVelocity, Assert.Single(rung).Kind);
        Assert.Contains("$10.00", rung[0].Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_goes_on_every_day_is_usual_also_for_the_next_proxy()
    {
        await using var scene = await FinderScene.StartAsync();
        for (var day = 0; day < 3; day++)
        {
            if (day == 2)
                scene.Velocity = scene.AnotherVelocity();
            Assert.Empty(await RunAsync(scene, minutes: 70, each: 1));
            var rung = await RunAsync(scene, minutes: 10, each: Dollar * 10);
            // The first nightly job is news, those after it are not.
            Assert.Equal(day == 0 ? 1 : 0, rung.Count);
            await RunAsync(scene, minutes: 10, each: 0);
            scene.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(90));
        }

        // Within a week the same is still usual; after it, it is news again to a tenant that has gone on.
        scene.Clock.Advance(TimeSpan.FromDays(9));
        Assert.Empty(await RunAsync(scene, minutes: 70, each: 1));
        Assert.Single(await RunAsync(scene, minutes: 10, each: Dollar * 10));
    }

    [Fact]
    public async Task Tiny_amounts_and_new_tenants_never_ring()
    {
        await using var scene = await FinderScene.StartAsync();
        Assert.Empty(await RunAsync(scene, minutes: 90, each: 1_000));
        Assert.Empty(await RunAsync(scene, minutes: 10, each: Dollar / 6));
        await using var fresh = await FinderScene.StartAsync();
        Assert.Empty(await RunAsync(fresh, minutes: 30, each: Dollar * 100));
    }

    /// <summary>Spends each minute and judges each half; answers what rang.</summary>
    private static async Task<List<Alert>> RunAsync(FinderScene scene, int minutes, long each)
    {
        var before = (await scene.Store.AlertsAsync(new AlertQuery(null, null, null, 100), default)).Count;
        for (var half = 0; half < minutes * 2; half++)
        {
            if (each > 0 && half % 2 == 0)
                await scene.SpendAsync(each);
            await scene.Raiser.RaiseAsync(await scene.Velocity.CheckAsync(default), default);
            scene.Clock.Advance(Look);
        }

        var all = await scene.Store.AlertsAsync(new AlertQuery(null, null, null, 100), default);
        return [.. all.Take(all.Count - before)];
    }
}
