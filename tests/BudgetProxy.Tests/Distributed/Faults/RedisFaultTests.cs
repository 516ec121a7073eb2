using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Redis dies, stands still, forgets everything, or goes back in time.</summary>
[Collection(FaultCollection.Name)]
public sealed class RedisFaultTests
{
    [Fact(Timeout = Scenario.Limit)]
    public Task Killed_and_started_with_its_append_only_file() => RunAsync(async (redis, traffic) =>
    {
        await redis.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        await redis.StartAgainAsync();
    });

    [Fact(Timeout = Scenario.Limit)]
    public Task Standing_still_for_5_s() => RunAsync(async (redis, traffic) =>
    {
        redis.StopProcess();
        await Task.Delay(TimeSpan.FromSeconds(5));
        redis.ContinueProcess();
    });

    [Fact(Timeout = Scenario.Limit)]
    public Task Emptied_under_load() => RunAsync((redis, traffic) => redis.ExecuteAsync("FLUSHALL"));

    [Fact(Timeout = Scenario.Limit)]
    public Task Started_again_with_nothing_in_it() => RunAsync(async (redis, traffic) =>
    {
        await redis.KillAsync();
        await redis.StartEmptyAsync();
    });

    [Fact(Timeout = Scenario.Limit)]
    public Task Set_back_to_an_older_state() => RunAsync(async (redis, traffic) =>
    {
        var snapshot = await redis.SnapshotAsync();
        await traffic.ServeAsync(300);
        await redis.KillAsync();
        await redis.StartFromAsync(snapshot);
    });

    private static async Task RunAsync(Func<RedisServer, Traffic, Task> fault)
    {
        await using var redis = await RedisServer.StartAsync();
        await new Scenario(await Stores.OnAsync(redis)).RunAsync(async (_, traffic) =>
        {
            await traffic.ServeAsync(300);
            await fault(redis, traffic);
            await traffic.ServeAsync(400);
        });
    }
}
