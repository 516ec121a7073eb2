using System.Net;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>A model without a rate that is allowed all the same: free, and yet counted.</summary>
public sealed class UnpricedModelTests
{
    private const string Model = "nobody-priced-this";

    [Fact]
    public async Task Its_estimate_shows_the_most_that_it_may_write()
    {
        await using var proxy = await TestProxy.StartAsync(("OnUnpricedModel", "allow"));
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        Assert.Equal(100, (await TokensAsync(client, Bodies.Chat(model: Model))).GetProperty("maxOutput").GetInt64());
        const string Unlimited = $$"""{"model":"{{Model}}","messages":[{"role":"user","content":"Hello."}]}""";
        Assert.Equal(128_000, (await TokensAsync(client, Unlimited)).GetProperty("maxOutput").GetInt64());
    }

    [Fact(Timeout = 120_000)]
    public async Task Sixteen_callers_that_race_for_a_budget_of_tokens_never_pass_it()
    {
        await using var proxy = await TestProxy.StartAsync(("OnUnpricedModel", "allow"));
        var key = await proxy.CreateTenantAsync("acme");
        using var client = proxy.Client(key);
        var worst = await TokensAsync(client, Bodies.Chat(model: Model));
        var limit = 5 * (worst.GetProperty("inputBound").GetInt64() + worst.GetProperty("maxOutput").GetInt64());
        await proxy.PutBudgetAsync("acme", "tokens", $$"""{"limit":{"tokens":{{limit}}},"window":"month"}""");
        // Answers wait until every caller has been decided, so that nothing is given back meanwhile.
        var release = new TaskCompletionSource();
        proxy.Provider.Script = _ =>
        {
            release.Task.Wait();
            return new SimulatedAnswer { OutputTokens = 100 };
        };

        var refusals = 0;
        var statuses = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(model: Model)));
            if (response.StatusCode != HttpStatusCode.OK && Interlocked.Increment(ref refusals) == 11)
                release.SetResult();
            return response.StatusCode;
        })).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(5, statuses.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(5, proxy.Provider.CallCount);
        var budget = (await proxy.BudgetsAsync("acme"))["tokens"];
        Assert.InRange(budget.GetProperty("spent").GetInt64(), 500, limit);
        Assert.Equal(0, budget.GetProperty("held").GetInt64());
        Assert.All(await proxy.LedgerAsync("acme"), entry => Assert.Equal(0m, MeteredCallTests.Money(entry, "costUsd")));
    }

    private static async Task<JsonElement> TokensAsync(HttpClient client, string body)
    {
        using var response = await client.PostAsync("/v1/estimate/openai/chat/completions", TestProxy.Json(body));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text).GetProperty("tokens");
    }
}
