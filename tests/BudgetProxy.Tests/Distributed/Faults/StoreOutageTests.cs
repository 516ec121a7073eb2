using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>What <c>BudgetProxy__OnStoreOutage</c> promises while Redis can't be reached.</summary>
[Collection(FaultCollection.Name)]
public sealed class StoreOutageTests
{
    private const int Calls = 40;

    /// <summary>Far beyond the store's deadline, and far below a client's patience: an answer that takes longer counts as none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Theory(Timeout = Scenario.Limit)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reject_answers_503_and_nothing_reaches_the_provider(bool frozen)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var fleet = await Fleet.StartAsync(await Stores.OnAsync(redis) with { Proxies = 1 });
        await fleet.SetUpAsync(RaceBudgets.All);
        var before = await CallAsync(fleet);

        if (frozen)
            redis.StopProcess();
        else
            await redis.KillAsync();
        var during = await CallAsync(fleet);
        if (frozen)
            redis.ContinueProcess();
        else
            await redis.StartAgainAsync();
        await WhenServedAsync(fleet);
        var after = await CallAsync(fleet);

        Assert.All([.. before, .. after], call => Assert.Equal(CallOutcome.Served, call.Outcome));
        Assert.All(during, call => Assert.Equal((503, "budget_store_unavailable"), (call.Answered, call.Code)));
        await Audit.AtRestAsync(fleet, RaceBudgets.All, fleet.Planned);
    }

    [Theory(Timeout = Scenario.Limit)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Allow_forwards_and_books_everything_once_when_Redis_is_back(bool killed)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var fleet = await Fleet.StartAsync(await Stores.OnAsync(redis) with
        {
            Proxies = 1,
            Settings = new Dictionary<string, string> { ["BudgetProxy__OnStoreOutage"] = "allow" },
        });
        await fleet.SetUpAsync(RaceBudgets.All);
        var before = await CallAsync(fleet);

        await redis.KillAsync();
        var during = await CallAsync(fleet);
        var whenReady = fleet.Proxies[0].WhenReadyAsync;
        if (killed)
        {
            await fleet.KillAsync(0);
            whenReady = fleet.Supervise(0);
            await Task.Delay(TimeSpan.FromSeconds(3));
        }

        await redis.StartAgainAsync();
        await whenReady();
        var after = await CallAsync(fleet);

        Assert.All([.. before, .. during, .. after], call => Assert.Equal(CallOutcome.Served, call.Outcome));
        await Audit.AtRestAsync(fleet, RaceBudgets.All, fleet.Planned);
    }

    private static async Task<List<PlannedCall>> CallAsync(Fleet fleet)
    {
        var calls = Enumerable.Range(0, Calls).Select(Call).ToList();
        calls.ForEach(fleet.Expect);
        await Task.WhenAll(calls.Select(call => Traffic.CallAsync(fleet, call, Patience)));
        return calls;
    }

    private static Task WhenServedAsync(Fleet fleet) => Poll.UntilAsync(
        async () =>
        {
            var call = Call(0);
            fleet.Expect(call);
            await Traffic.CallAsync(fleet, call, Patience);
            return call.Outcome == CallOutcome.Served;
        },
        TimeSpan.FromSeconds(20),
        "calls are served again");

    private static PlannedCall Call(int index) => new()
    {
        Number = PlannedCall.NextNumber(),
        Tenant = RaceBudgets.Wide,
        User = $"u{index}",
        Project = $"p{index}",
        Anthropic = index % 2 == 0,
        Streamed = index % 4 < 2,
        MaxTokens = 50,
        OutputTokens = 20,
        Proxy = 0,
    };
}
