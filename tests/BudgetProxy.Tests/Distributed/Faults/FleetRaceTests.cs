using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Three proxies, one Redis, one Postgres, 200 callers, and nothing that goes wrong but the calls themselves.</summary>
[Collection(FaultCollection.Name)]
public sealed class FleetRaceTests
{
    [Fact(Timeout = Scenario.Limit)]
    public async Task All_books_agree_to_the_nano_dollar()
    {
        var calls = await new Scenario(await Stores.SharedAsync()).RunAsync((_, traffic) => traffic.ServeAsync(1500));

        foreach (var code in new[] { "budget_exceeded", "budget_held", "velocity_exceeded" })
            Assert.Contains(calls, call => call.Code == code);
        foreach (var outcome in new[] { CallOutcome.Served, CallOutcome.Failed })
            Assert.Equal([0, 1, 2], calls.Where(call => call.Outcome == outcome).Select(call => call.Proxy).Distinct().Order());
    }

    [Fact(Timeout = Scenario.Limit)]
    public async Task Callers_who_leave_and_providers_who_break_off_are_never_booked_below_what_was_billed() =>
        await new Scenario(await Stores.SharedAsync())
        {
            Mix = new TrafficMix { LeaverPercent = 20, BreakPercent = 5, OverrunPercent = 0 },
            Breaks = true,
        }.RunAsync((_, traffic) => traffic.ServeAsync(600));

    [Fact(Timeout = Scenario.Limit)]
    public async Task On_a_cluster_of_three_the_books_agree_as_well()
    {
        await using var cluster = await RedisCluster.StartAsync();
        var database = await SharedPostgres.CreateDatabaseAsync();
        var options = new FleetOptions { Proxies = 2, Redis = _ => cluster.ConnectionString, Postgres = _ => database };
        await new Scenario(options).RunAsync((_, traffic) => traffic.ServeAsync(600));
    }
}
