using System.Net;
using System.Text.Json;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Calls that race through several proxies for budgets that lower their output limits.</summary>
[Collection(FaultCollection.Name)]
public sealed class AdmissionFleetTests
{
    [Fact(Timeout = Scenario.Limit)]
    public async Task Clamped_calls_never_pass_a_limit_and_the_counters_are_the_ledger()
    {
        await using var fleet = await Fleet.StartAsync(await Stores.SharedAsync() with { Proxies = 2 });
        fleet.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 5_000 };
        await fleet.SetUpAsync(
        [
            new BudgetSpec("acme", "usd", null, LimitKind.Usd, 400_000, "month"), new BudgetSpec("acme", "tokens", "user", LimitKind.Tokens, 260, "month"),
        ]);
        using var admin = fleet.Alive.Admin();
        foreach (var (name, json) in new[]
        {
            ("usd", """{"limit":{"usd":"0.0004"},"window":"month","admission":"clamp"}"""),
            ("tokens", """{"per":"user","limit":{"tokens":260},"window":"month","admission":"clamp"}"""),
        })
        {
            using var put = await admin.PutAsync($"tenants/acme/budgets/{name}", TestProxy.Json(json));
            Assert.True(put.IsSuccessStatusCode);
        }

        await Poll.UntilAsync(async () => await ClampedAsync(fleet, 0, "zoe") && await ClampedAsync(fleet, 1, "zak"), TimeSpan.FromSeconds(5), "both clamp");
        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => CallAsync(fleet, i % 2, "u" + (i % 3))));

        await Poll.UntilAsync(async () => await SumAsync(admin) == Nano((await BudgetAsync(admin, "usd")).GetProperty("spent")), TimeSpan.FromSeconds(10), "the ledger has all");
        var usd = await BudgetAsync(admin, "usd");
        Assert.Equal(0, Nano(usd.GetProperty("held")));
        Assert.InRange(Nano(usd.GetProperty("remaining")), 0, 400_000);
        Assert.All((await BudgetAsync(admin, "tokens")).GetProperty("counters").EnumerateArray(), counter =>
        {
            Assert.Equal(0, counter.GetProperty("held").GetInt64());
            Assert.InRange(counter.GetProperty("remaining").GetInt64(), 0, 260);
        });
    }

    private static async Task<bool> ClampedAsync(Fleet fleet, int proxy, string user)
    {
        using var response = await SendAsync(fleet, proxy, user);
        return response.Headers.Contains("X-BudgetProxy-Clamped-Max-Tokens");
    }

    private static async Task CallAsync(Fleet fleet, int proxy, string user)
    {
        using var response = await SendAsync(fleet, proxy, user);
        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.PaymentRequired, HttpStatusCode.TooManyRequests });
    }

    private static async Task<HttpResponseMessage> SendAsync(Fleet fleet, int proxy, string user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Bodies.ChatPath) { Content = TestProxy.Json(Bodies.Chat(maxTokens: 2_000)) };
        request.Headers.Authorization = new("Bearer", fleet.KeyOf("acme"));
        request.Headers.Add("X-BudgetProxy-User", user);
        return await fleet.ClientOf(proxy).SendAsync(request);
    }

    private static async Task<JsonElement> BudgetAsync(HttpClient admin, string name) => JsonElement.Parse(await admin.GetStringAsync($"tenants/acme/budgets/{name}"));

    private static async Task<long> SumAsync(HttpClient admin)
    {
        var text = await admin.GetStringAsync("ledger?tenant=acme&format=jsonl");
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(line => Nano(JsonElement.Parse(line).GetProperty("costUsd")));
    }

    private static long Nano(JsonElement usd) => (long)(decimal.Parse(usd.GetString()!) * 1_000_000_000);
}
