using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Postgres goes away under load: calls go on, and the ledger has them all once it is back.</summary>
[Collection(FaultCollection.Name)]
public sealed class PostgresFaultTests
{
    [Fact(Timeout = Scenario.Limit)]
    public async Task Calls_are_served_while_Postgres_is_down_and_are_all_in_the_ledger_afterwards()
    {
        await using var postgres = await PostgresServer.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await new Scenario(await Stores.SharedAsync() with { Postgres = _ => database }).RunAsync(async (_, traffic) =>
        {
            await traffic.ServeAsync(300);
            await postgres.StopAsync(immediate: true);
            await Task.WhenAll(traffic.ServeAsync(400), Task.Delay(TimeSpan.FromSeconds(10)));
            await postgres.StartAgainAsync();
            await traffic.ServeAsync(300);
        });
    }
}
