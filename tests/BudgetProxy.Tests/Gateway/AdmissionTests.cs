using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>Budgets that take a call at a lower output limit, or at what is expected of it.</summary>
public sealed class AdmissionTests
{
    private const string Clamp = """{"limit":{"usd":"0.0001"},"window":"month","admission":"clamp"}""";

    [Theory]
    [InlineData(Bodies.ChatPath, false, "max_tokens", 0.6)]
    [InlineData(Bodies.ChatPath, true, "max_tokens", 0.6)]
    [InlineData(Bodies.ResponsesPath, false, "max_output_tokens", 0.6)]
    [InlineData(Bodies.MessagesPath, false, "max_tokens", 5)]
    [InlineData(Bodies.MessagesPath, true, "max_tokens", 5)]
    public async Task A_clamp_lowers_the_limit_as_little_as_it_can_and_nothing_else(string path, bool stream, string field, double priceOfMillion)
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 5000 };
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "b", path == Bodies.MessagesPath ? Clamp.Replace("0.0001", "0.001", StringComparison.Ordinal) : Clamp);
        using var client = proxy.Client(key);
        var asked = path switch
        {
            Bodies.ChatPath => Bodies.Chat(4000, stream),
            Bodies.ResponsesPath => Bodies.Responses(4000, stream),
            _ => Bodies.Messages(4000, stream),
        };

        using var response = await client.PostAsync(path, TestProxy.Json(asked));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var limit = int.Parse(Header(response, "X-BudgetProxy-Clamped-Max-Tokens"), CultureInfo.InvariantCulture);
        Assert.InRange(limit, 16, 3999);
        var call = Assert.Single(proxy.Provider.Calls);
        var sent = Encoding.UTF8.GetString(call.Body.Span);
        var expected = asked.Replace($"\"{field}\":4000", $"\"{field}\":{limit}", StringComparison.Ordinal);
        Assert.Equal(expected, sent.Replace("\"stream_options\":{\"include_usage\":true},", "", StringComparison.Ordinal));
        Assert.Equal(limit, call.Billed.Output);

        // One token more would not have fitted, and what was spent does.
        var left = Money(Header(response, "X-BudgetProxy-Remaining-Usd"));
        Assert.InRange(left, 0, (decimal)priceOfMillion / 1_000_000m);
        var budget = (await proxy.BudgetsAsync("acme"))["b"];
        Assert.Equal(0, Money(budget.GetProperty("held").GetString()!));
        Assert.InRange(Money(budget.GetProperty("remaining").GetString()!), 0, 1);
        Assert.Equal("0.000000000", (await proxy.OnlyEntryAsync("acme")).GetProperty("overrunUsd").GetString());
    }

    [Fact]
    public async Task A_body_without_a_limit_gets_one()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "b", Clamp);
        using var client = proxy.Client(key);
        const string Body = """{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hi"}],"n":2}""";
        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Body));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var limit = int.Parse(Header(response, "X-BudgetProxy-Clamped-Max-Tokens"), CultureInfo.InvariantCulture);
        // Two answers share what is there: 0.0001 USD are 166 output tokens.
        Assert.InRange(limit, 75, 83);
        Assert.Equal($"{{\"max_completion_tokens\":{limit},{Body[1..]}", Encoding.UTF8.GetString(Assert.Single(proxy.Provider.Calls).Body.Span));
    }

    [Fact]
    public async Task What_fits_goes_out_as_it_came_and_less_than_16_tokens_are_refused()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "b", Clamp);
        using var client = proxy.Client(key);
        using (var fits = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(20))))
        {
            Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
            Assert.False(fits.Headers.Contains("X-BudgetProxy-Clamped-Max-Tokens"));
        }

        Assert.Equal(Bodies.Chat(20), Encoding.UTF8.GetString(Assert.Single(proxy.Provider.Calls).Body.Span));
        // 16 tokens of output cost 0.0000096 USD.
        await proxy.PutBudgetAsync("acme", "b", Clamp.Replace("0.0001", "0.000015", StringComparison.Ordinal));
        await proxy.SendAsync(HttpMethod.Post, "tenants/acme/budgets/b/reset", "{}");
        using (var clamped = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(4000))))
            Assert.Equal(HttpStatusCode.OK, clamped.StatusCode);
        using var refused = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(4000)));
        Assert.Equal((HttpStatusCode.PaymentRequired, "budget_exceeded"), (refused.StatusCode, Header(refused, "X-BudgetProxy-Code")));
        // What it says it needs is what it would have needed at the least limit.
        Assert.InRange(Money(Header(refused, "X-BudgetProxy-Estimated-Cost-Usd")), 0.0000096m, 0.000015m);
        Assert.Equal(2, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task Many_at_once_never_pass_the_limit_and_leave_nothing_held()
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 5000 };
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "usd", Clamp);
        await proxy.PutBudgetAsync("acme", "tokens", """{"limit":{"tokens":150},"window":"month","admission":"clamp"}""");
        using var client = proxy.Client(key);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(async _ =>
        {
            using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(50)));
            return ((int)response.StatusCode, response.Headers.Contains("X-BudgetProxy-Clamped-Max-Tokens"));
        }));
        Assert.Contains(answers, answer => answer.Item1 == 200);
        Assert.All(answers, answer => Assert.Contains(answer.Item1, new[] { 200, 402, 429 }));
        var budgets = await proxy.BudgetsAsync("acme");
        Assert.InRange(budgets["tokens"].GetProperty("remaining").GetInt64(), 0, 150);
        Assert.InRange(Money(budgets["usd"].GetProperty("remaining").GetString()!), 0, 1);
        Assert.Equal((0, 0), (budgets["tokens"].GetProperty("held").GetInt64(), Money(budgets["usd"].GetProperty("held").GetString()!)));
        Assert.All(await proxy.LedgerAsync("acme"), entry => Assert.Equal("0.000000000", entry.GetProperty("overrunUsd").GetString()));
    }

    [Theory]
    [InlineData(1500, 1040, 2000)]
    [InlineData(3000, 2016, 3999)]
    public async Task Thinking_stays_below_the_limit(int tokens, int from, int to)
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "b", $$"""{"limit":{"tokens":{{tokens}}},"window":"month","admission":"clamp"}""");
        using var client = proxy.Client(key);
        const string Thinking = ",\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":2000}";
        using var response = await client.PostAsync(Bodies.MessagesPath, TestProxy.Json(Bodies.Messages(4000, extra: Thinking)));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        var sent = JsonElement.Parse(Encoding.UTF8.GetString(Assert.Single(proxy.Provider.Calls).Body.Span));
        var (limit, thinking) = (sent.GetProperty("max_tokens").GetInt32(), sent.GetProperty("thinking").GetProperty("budget_tokens").GetInt32());
        Assert.InRange(limit, from, to);
        Assert.Equal(Math.Min(2000, limit - 16), thinking);
    }

    [Fact]
    public async Task A_strict_budget_sees_the_call_as_the_clamp_left_it_and_never_causes_one()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "strict", """{"limit":{"tokens":200},"window":"month"}""");
        await proxy.PutBudgetAsync("acme", "clamp", """{"limit":{"usd":"0.00006"},"window":"month","admission":"clamp"}""");
        using var client = proxy.Client(key);
        // The clamp budget alone would let it be 90-odd tokens; so low, the strict one takes it.
        using (var served = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(1000))))
            Assert.InRange(int.Parse(Header(served, "X-BudgetProxy-Clamped-Max-Tokens"), CultureInfo.InvariantCulture), 60, 100);
        await proxy.PutBudgetAsync("acme", "clamp", """{"limit":{"usd":"1"},"window":"month","admission":"clamp"}""");
        using var refused = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(1000)));
        Assert.Equal((402, "strict"), ((int)refused.StatusCode, Header(refused, "X-BudgetProxy-Budget")));
    }

    [Fact]
    public async Task A_shadow_budget_and_embeddings_are_never_clamped()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "shadow", """{"limit":{"tokens":40},"window":"month","admission":"clamp","mode":"shadow"}""");
        using var client = proxy.Client(key);
        using (var served = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(1000))))
        {
            Assert.Equal("shadow", Header(served, "X-BudgetProxy-Would-Block"));
            Assert.False(served.Headers.Contains("X-BudgetProxy-Clamped-Max-Tokens"));
        }

        await proxy.PutBudgetAsync("acme", "small", """{"limit":{"tokens":1},"window":"month","admission":"clamp"}""");
        using var refused = await client.PostAsync(Bodies.EmbeddingsPath, TestProxy.Json(Bodies.Embeddings));
        Assert.Equal((402, "small"), ((int)refused.StatusCode, Header(refused, "X-BudgetProxy-Budget")));
    }

    [Fact]
    public async Task What_is_expected_is_held_and_what_it_cost_above_is_booked_as_an_overrun()
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 3000 };
        var key = await proxy.CreateTenantAsync("acme");
        // Without anything learned, 512 output tokens are expected: 0.0003 USD. The worst case is 0.0024.
        await proxy.PutBudgetAsync("acme", "guess", """{"limit":{"usd":"0.0005"},"window":"month","admission":"expected"}""");
        await proxy.PutBudgetAsync("acme", "strict", """{"limit":{"usd":"0.01"},"window":"month"}""");
        using var client = proxy.Client(key);
        using (var served = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(4000))))
        {
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
            Assert.InRange(Money(Header(served, "X-BudgetProxy-Estimated-Cost-Usd")), 0.0003m, 0.00032m);
        }

        var entry = await proxy.OnlyEntryAsync("acme");
        var (cost, reserved, overrun) = (Money(entry.GetProperty("costUsd").GetString()!), Money(entry.GetProperty("reservedUsd").GetString()!), Money(entry.GetProperty("overrunUsd").GetString()!));
        Assert.InRange(cost, 0.0018m, 0.0019m);
        Assert.Equal(cost - reserved, overrun);
        var budgets = await proxy.BudgetsAsync("acme");
        Assert.Equal((cost, cost), (Money(budgets["guess"].GetProperty("spent").GetString()!), Money(budgets["strict"].GetProperty("spent").GetString()!)));
        Assert.Equal(0.0005m - cost, Money(budgets["guess"].GetProperty("remaining").GetString()!));
        using var refused = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(4000)));
        Assert.Equal((402, "guess"), ((int)refused.StatusCode, Header(refused, "X-BudgetProxy-Budget")));
    }

    [Fact]
    public async Task A_call_meets_a_strict_a_clamp_and_an_expected_budget_each_by_its_own_rule()
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { FirstByteDelay = TimeSpan.FromSeconds(30) };
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "guess", """{"limit":{"tokens":2000},"window":"month","admission":"expected"}""");
        await proxy.PutBudgetAsync("acme", "strict", """{"limit":{"tokens":2000},"window":"month"}""");
        await proxy.PutBudgetAsync("acme", "clamp", """{"limit":{"tokens":1000},"window":"month","admission":"clamp"}""");
        using var client = proxy.Client(key);
        using var leave = new CancellationTokenSource();
        var call = client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(4000)), leave.Token);
        await Poll.UntilAsync(() => Task.FromResult(proxy.Provider.CallCount == 1), TimeSpan.FromSeconds(10), "the call is at the provider");
        var budgets = await proxy.BudgetsAsync("acme");
        long Held(string name) => budgets[name].GetProperty("held").GetInt64();
        Assert.Equal((1000, 1000), (Held("strict"), Held("clamp")));
        Assert.InRange(Held("guess"), 512, 600);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task The_estimate_foresees_a_clamp_and_reserves_nothing()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "b", Clamp);
        using var client = proxy.Client(key);
        Assert.Equal("allow", (await EstimateAsync(20)).GetProperty("decision").GetString());
        var clamped = await EstimateAsync(4000);
        Assert.Equal("clamp", clamped.GetProperty("decision").GetString());
        Assert.Equal(4000, clamped.GetProperty("tokens").GetProperty("maxOutput").GetInt32());
        using (var served = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(4000))))
            Assert.Equal(Header(served, "X-BudgetProxy-Clamped-Max-Tokens"), clamped.GetProperty("clampedMaxTokens").GetRawText());
        await proxy.PutBudgetAsync("acme", "strict", """{"limit":{"tokens":10},"window":"month"}""");
        Assert.Equal("refuse", (await EstimateAsync(4000)).GetProperty("decision").GetString());

        async Task<JsonElement> EstimateAsync(int maxTokens)
        {
            using var response = await client.PostAsync("/v1/estimate/openai/chat/completions", TestProxy.Json(Bodies.Chat(maxTokens)));
            return JsonElement.Parse(await response.Content.ReadAsStringAsync());
        }
    }

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.Single() : throw new InvalidOperationException($"{(int)response.StatusCode} has no {name}.");

    private static decimal Money(string usd) => decimal.Parse(usd, CultureInfo.InvariantCulture);
}
