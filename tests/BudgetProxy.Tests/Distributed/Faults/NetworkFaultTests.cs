using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>A bad network between one proxy of three and Redis.</summary>
[Collection(FaultCollection.Name)]
public sealed class NetworkFaultTests
{
    /// <summary>In every request that runs a script, by its text or by its hash.</summary>
    private const string Script = "EVAL";

    [Fact(Timeout = Scenario.Limit)]
    public Task That_delays_and_cuts() => RunAsync(async (network, traffic) =>
    {
        network.Delay(TimeSpan.FromMilliseconds(30));
        for (var i = 0; i < 5; i++)
        {
            await traffic.ServeAsync(60);
            network.CutAll();
        }

        network.Refuse();
        await traffic.ServeAsync(100);
        network.Pass();
    });

    [Fact(Timeout = Scenario.Limit)]
    public Task That_swallows_everything_for_a_while() => RunAsync(async (network, traffic) =>
    {
        network.BlackHole();
        await Task.Delay(TimeSpan.FromSeconds(4));
        network.Pass();
    });

    [Fact(Timeout = Scenario.Limit)]
    public Task That_loses_replies_of_what_was_carried_out() => RunAsync(async (network, traffic) =>
    {
        for (var i = 0; i < 8; i++)
        {
            var lost = network.RepliesLost;
            network.LoseReplies(3, Script);
            await Poll.UntilAsync(() => network.RepliesLost == lost + 3, TimeSpan.FromSeconds(20), "three more replies are lost");
            await traffic.ServeAsync(30);
        }
    });

    private static async Task RunAsync(Func<CuttingProxy, Traffic, Task> fault)
    {
        var redis = await SharedRedis.GetAsync();
        await using var network = CuttingProxy.Start(redis.Port);
        await new Scenario(await Stores.BehindAsync(network, redis)).RunAsync(async (_, traffic) =>
        {
            await traffic.ServeAsync(300);
            await fault(network, traffic);
            await traffic.ServeAsync(300);
        });
    }
}
