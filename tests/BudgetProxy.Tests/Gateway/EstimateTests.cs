using System.Net;
using System.Text.Json;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

public sealed class EstimateTests
{
    [Fact]
    public async Task Says_what_a_call_would_cost_and_forwards_and_reserves_nothing()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"4.20"},"window":"month"}""");

        var estimate = await PostAsync(client, "/v1/estimate/openai/chat/completions", Bodies.Chat(maxTokens: 1000));

        Assert.Equal("gpt-4o-mini", estimate.GetProperty("model").GetString());
        Assert.Equal("openai/gpt-4o-mini@2024-07-18", estimate.GetProperty("rate").GetString());
        var tokens = estimate.GetProperty("tokens");
        Assert.Equal("exact", tokens.GetProperty("method").GetString());
        Assert.Equal(1000, tokens.GetProperty("maxOutput").GetInt64());
        var input = tokens.GetProperty("inputBound").GetInt64();
        Assert.Equal(tokens.GetProperty("input").GetInt64(), input);
        // input x 0.15 + 1,000 x 0.60 per million.
        Assert.Equal(((input * 0.15m) + (1000 * 0.60m)) / 1_000_000m, MeteredCallTests.Money(estimate.GetProperty("costUsd"), "worst"));
        Assert.Equal("allow", estimate.GetProperty("decision").GetString());
        var budget = Assert.Single(estimate.GetProperty("budgets").EnumerateArray());
        Assert.Equal("4.20", budget.GetProperty("remainingUsd").GetString());
        Assert.True(budget.GetProperty("fits").GetBoolean());
        Assert.Equal(0, proxy.Provider.CallCount);
        Assert.Equal(0m, MeteredCallTests.Money((await proxy.BudgetsAsync("acme"))["monthly"], "held"));

        var batch = await PostAsync(client, "/v1/estimate/openai/chat/completions?service_tier=batch", Bodies.Chat(maxTokens: 1000));
        Assert.Equal(MeteredCallTests.Money(estimate.GetProperty("costUsd"), "worst") / 2, MeteredCallTests.Money(batch.GetProperty("costUsd"), "worst"));
    }

    [Fact]
    public async Task Says_refuse_where_the_worst_case_does_not_fit()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "tiny", """{"limit":{"usd":"0.0001"},"window":"month"}""");

        var estimate = await PostAsync(client, "/v1/estimate/anthropic/messages", Bodies.Messages(maxTokens: 1000));

        Assert.Equal("calibrated", estimate.GetProperty("tokens").GetProperty("method").GetString());
        Assert.Equal("refuse", estimate.GetProperty("decision").GetString());
        Assert.False(estimate.GetProperty("budgets")[0].GetProperty("fits").GetBoolean());
    }

    [Fact]
    public async Task What_cannot_be_seen_is_refused_until_the_operator_allows_it()
    {
        var search = Bodies.Messages(extra: ""","tools":[{"type":"web_search_20250305","name":"web_search","max_uses":2}]""");
        await using (var strict = await TestProxy.StartAsync())
        {
            using var client = strict.Client(await strict.CreateTenantAsync("acme"));
            using var refused = await client.PostAsync(Bodies.MessagesPath, TestProxy.Json(search));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains("BudgetProxy__Allowances__anthropicMessages__serverTool", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(0, strict.Provider.CallCount);
        }

        await using var open = await TestProxy.StartAsync(("Allowances:anthropicMessages:serverTool", "20000"));
        using var allowed = open.Client(await open.CreateTenantAsync("acme"));
        var plain = await PostAsync(allowed, "/v1/estimate/anthropic/messages", Bodies.Messages());
        var estimate = await PostAsync(allowed, "/v1/estimate/anthropic/messages", search);
        Assert.InRange(Bound(estimate) - Bound(plain), 20_000, 22_000);
        // Two searches at 10 USD a thousand, beside the input at the dearest class that a tool's results may be written at: 1.25 a million.
        Assert.True(MeteredCallTests.Money(estimate.GetProperty("costUsd"), "worst") - MeteredCallTests.Money(plain.GetProperty("costUsd"), "worst") >= 0.02m + 0.02m);
        using var answer = await allowed.PostAsync(Bodies.MessagesPath, TestProxy.Json(search));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, open.Provider.CallCount);

        static long Bound(JsonElement estimate) => estimate.GetProperty("tokens").GetProperty("inputBound").GetInt64();
    }

    [Fact]
    public async Task Needs_the_same_key_and_a_metered_route()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var stranger = new HttpClient { BaseAddress = proxy.BaseAddress };
        using var unauthorized = await stranger.PostAsync("/v1/estimate/openai/chat/completions", TestProxy.Json(Bodies.Chat()));
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);

        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var unsupported = await client.PostAsync("/v1/estimate/openai/models", TestProxy.Json(Bodies.Chat()));
        Assert.Equal(HttpStatusCode.Forbidden, unsupported.StatusCode);
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, string body)
    {
        using var response = await client.PostAsync(path, TestProxy.Json(body));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonElement.Parse(text);
    }
}
