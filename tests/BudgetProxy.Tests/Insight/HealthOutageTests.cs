using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Insight;

/// <summary>How all is, asked when it matters most.</summary>
public sealed class HealthOutageTests
{
    [Fact(Timeout = 180_000)]
    public async Task Health_names_the_store_that_is_away_and_goes_by_the_rates_age_last_known()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await PostgresServer.StartAsync();
        await using var proxy = await TestProxy.StartAsync(("Redis", redis.ConnectionString), ("Postgres", await server.CreateDatabaseAsync()));
        var before = await proxy.Admin.GetFromJsonAsync<JsonElement>("health");
        Assert.Equal([true, true], before.GetProperty("stores").EnumerateArray().Select(store => store.GetProperty("ok").GetBoolean()));

        await server.StopAsync(immediate: true);
        var away = await proxy.Admin.GetFromJsonAsync<JsonElement>("health");
        Assert.Equal(
            [("redis", true), ("postgres", false)],
            away.GetProperty("stores").EnumerateArray().Select(store => (store.GetProperty("name").GetString()!, store.GetProperty("ok").GetBoolean())));
        Assert.Equal(before.GetProperty("rates").ToString(), away.GetProperty("rates").ToString());
        await server.StartAgainAsync();
    }
}
