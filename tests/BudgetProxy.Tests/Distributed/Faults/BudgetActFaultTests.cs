using System.Net;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Tests.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Top-ups and resets through one proxy, while others serve and stores lose what they know.</summary>
[Collection(FaultCollection.Name)]
public sealed class BudgetActFaultTests
{
    private const string Path = "tenants/acme/budgets/b";

    [Fact(Timeout = Scenario.Limit)]
    public async Task They_hold_on_every_proxy_and_outlive_kills_and_a_lost_redis()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var fleet = await Fleet.StartAsync(await Stores.OnAsync(redis) with { Proxies = 2 });
        await fleet.SetUpAsync([new BudgetSpec("acme", "b", null, LimitKind.Usd, 100_000, "month")]);
        await ServeAsync(fleet, 1);
        Assert.Equal(HttpStatusCode.PaymentRequired, await CallAsync(fleet, 1, maxTokens: 500));

        await ActAsync(fleet, "topup", """{"usd":"1"}""");
        // The other proxy is told within a second.
        await Poll.UntilAsync(async () => await CallAsync(fleet, 1, maxTokens: 500) == HttpStatusCode.OK, TimeSpan.FromSeconds(5), "the other proxy knows of the top-up");
        var (spent, _) = await SpentAsync(fleet);
        Assert.True(spent > 0);

        await redis.ExecuteAsync("FLUSHALL");
        await Poll.UntilAsync(async () => await CallAsync(fleet, 1, maxTokens: 500) == HttpStatusCode.OK, TimeSpan.FromSeconds(20), "calls go through again");
        await CheckAsync(fleet, since: 0, limit: 1_000_100_000);

        await ActAsync(fleet, "reset", "");
        var before = (await LedgerAsync(fleet)).Count;
        Assert.Equal((0, 1_000_100_000), await SpentAsync(fleet));
        await Poll.UntilAsync(async () => await CallAsync(fleet, 1, maxTokens: 500) == HttpStatusCode.OK, TimeSpan.FromSeconds(5), "a call after the reset");
        await ServeAsync(fleet, 0);
        await CheckAsync(fleet, before, 1_000_100_000);

        await fleet.KillAsync(0);
        await redis.ExecuteAsync("FLUSHALL");
        await fleet.RestartAsync(0);
        await Poll.UntilAsync(async () => await CallAsync(fleet, 1, maxTokens: 500) == HttpStatusCode.OK, TimeSpan.FromSeconds(20), "calls go through again");
        await CheckAsync(fleet, before, 1_000_100_000);
    }

    /// <summary>What is spent is the sum of the entries since the reset.</summary>
    private static async Task CheckAsync(Fleet fleet, int since, long limit) => await Poll.UntilAsync(
        async () =>
        {
            var entries = (await LedgerAsync(fleet)).Skip(since).Sum();
            return await SpentAsync(fleet) == (entries, limit - entries);
        },
        TimeSpan.FromSeconds(20),
        "the counter is the sum of the ledger");

    private static async Task<List<long>> LedgerAsync(Fleet fleet)
    {
        using var admin = fleet.Alive.Admin();
        var text = await admin.GetStringAsync("ledger?tenant=acme&format=jsonl");
        return [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Nano(JsonElement.Parse(line).GetProperty("costUsd")))];
    }

    private static async Task<(long Spent, long Remaining)> SpentAsync(Fleet fleet)
    {
        using var admin = fleet.Alive.Admin();
        var budget = JsonElement.Parse(await admin.GetStringAsync(Path));
        return (Nano(budget.GetProperty("spent")), Nano(budget.GetProperty("remaining")));
    }

    private static async Task ActAsync(Fleet fleet, string act, string json)
    {
        using var admin = fleet.Alive.Admin();
        using var answer = await admin.PostAsync($"{Path}/{act}", json.Length == 0 ? null : TestProxy.Json(json));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task ServeAsync(Fleet fleet, int proxy) => Assert.Equal(HttpStatusCode.OK, await CallAsync(fleet, proxy, maxTokens: 20));

    private static async Task<HttpStatusCode> CallAsync(Fleet fleet, int proxy, int maxTokens)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/openai/v1/chat/completions") { Content = TestProxy.Json(Bodies.Chat(maxTokens: maxTokens)) };
        request.Headers.Authorization = new("Bearer", fleet.KeyOf("acme"));
        using var response = await fleet.ClientOf(proxy).SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        return response.StatusCode;
    }

    private static long Nano(JsonElement usd) => (long)(decimal.Parse(usd.GetString()!) * 1_000_000_000);
}
