using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>One proxy of three is killed, frozen, or told to end.</summary>
[Collection(FaultCollection.Name)]
public sealed class ProxyFaultTests
{
    private const int Streams = 50;

    [Fact(Timeout = Scenario.Limit)]
    public async Task What_a_killed_proxy_held_is_charged_by_another() =>
        await new Scenario(await Stores.SharedAsync()) { Breaks = true }.RunAsync(async (fleet, traffic) =>
        {
            await traffic.ServeAsync(400);
            await fleet.KillAsync(0);
            await traffic.ServeAsync(400);
        });

    [Fact(Timeout = Scenario.Limit)]
    public async Task A_proxy_that_is_killed_and_started_again_loses_nothing() =>
        await new Scenario(await Stores.SharedAsync()) { Breaks = true }.RunAsync(async (fleet, traffic) =>
        {
            await traffic.ServeAsync(400);
            await fleet.KillAsync(1);
            await fleet.RestartAsync(1);
            await traffic.ServeAsync(400);
        });

    [Fact(Timeout = Scenario.Limit)]
    public async Task A_proxy_that_stood_still_for_8_s_books_what_its_calls_cost_in_the_end() =>
        await new Scenario(await Stores.SharedAsync()).RunAsync(async (fleet, traffic) =>
        {
            await traffic.ServeAsync(300);
            await fleet.FreezeAsync(2, TimeSpan.FromSeconds(8));
            await traffic.ServeAsync(300);
        });

    [Fact(Timeout = Scenario.Limit)]
    public async Task A_proxy_told_to_end_finishes_its_50_streams_first()
    {
        await using var fleet = await Fleet.StartAsync(await Stores.SharedAsync() with { Proxies = 2 });
        await fleet.SetUpAsync(RaceBudgets.All);
        var calls = Enumerable.Range(0, Streams).Select(LongStream).ToList();
        calls.ForEach(fleet.Expect);
        var streams = calls.Select(call => Traffic.CallAsync(fleet, call)).ToList();
        await Poll.UntilAsync(() => fleet.Provider.CallCount == Streams, TimeSpan.FromSeconds(30), "all streams have begun");

        fleet.Proxies[0].AskToEnd();
        await Poll.UntilAsync(async () => await fleet.Proxies[0].ReadinessAsync() is 503 or 0, TimeSpan.FromSeconds(10), "it is not ready any more");

        Assert.Contains(streams, stream => !stream.IsCompleted);
        await Task.WhenAll(streams);
        Assert.Equal(0, await fleet.Proxies[0].WhenEndedAsync(TimeSpan.FromSeconds(30)));
        Assert.All(calls, call => Assert.Equal(CallOutcome.Served, call.Outcome));
        await Audit.AtRestAsync(fleet, RaceBudgets.All, calls);
    }

    private static PlannedCall LongStream(int index) => new()
    {
        Number = PlannedCall.NextNumber(),
        Tenant = RaceBudgets.Wide,
        User = $"u{index}",
        Project = $"p{index}",
        Anthropic = index % 2 == 0,
        Streamed = true,
        MaxTokens = 80,
        OutputTokens = 60,
        ChunkDelay = TimeSpan.FromMilliseconds(300),
        Proxy = 0,
    };
}
