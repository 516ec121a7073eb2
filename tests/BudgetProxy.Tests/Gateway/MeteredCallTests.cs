using System.Globalization;
using System.Net;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>A call that is served: what the client gets, what the provider saw, what the books say.</summary>
public sealed class MeteredCallTests
{
    [Theory]
    [InlineData(Bodies.ChatPath, false)]
    [InlineData(Bodies.ChatPath, true)]
    [InlineData(Bodies.ResponsesPath, false)]
    [InlineData(Bodies.ResponsesPath, true)]
    [InlineData(Bodies.MessagesPath, false)]
    [InlineData(Bodies.MessagesPath, true)]
    [InlineData(Bodies.EmbeddingsPath, false)]
    [InlineData(Bodies.CompletionsPath, false)]
    [InlineData(Bodies.CompletionsPath, true)]
    public async Task Is_priced_reserved_forwarded_metered_and_settled(string path, bool stream)
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1.00"},"window":"month"}""");
        using var client = proxy.Client(key);

        using var response = await client.PostAsync(path, TestProxy.Json(BodyFor(path, stream)));
        var body = await response.Content.ReadAsStringAsync();

        Assert.True(response.IsSuccessStatusCode, body);
        var cost = Decimal(stream ? response.TrailingHeaders.GetValues("X-BudgetProxy-Cost-Usd") : response.Headers.GetValues("X-BudgetProxy-Cost-Usd"));
        var estimate = Decimal(response.Headers.GetValues("X-BudgetProxy-Estimated-Cost-Usd"));
        var remaining = Decimal(response.Headers.GetValues("X-BudgetProxy-Remaining-Usd"));
        Assert.InRange(cost, 0.000000001m, estimate);
        Assert.Equal(1.00m - estimate, remaining);
        Assert.True(long.Parse(response.Headers.GetValues("X-BudgetProxy-Estimated-Input-Tokens").Single(), CultureInfo.InvariantCulture) > 0);

        var entry = Assert.Single(await proxy.LedgerAsync("acme"));
        Assert.Equal(response.Headers.GetValues("X-BudgetProxy-Request-Id").Single(), entry.GetProperty("requestId").GetString());
        Assert.Equal("reported", entry.GetProperty("basis").GetString());
        Assert.Equal(cost, Money(entry, "costUsd"));
        Assert.Equal(estimate, Money(entry, "reservedUsd"));
        Assert.Equal(stream, entry.GetProperty("streamed").GetBoolean());
        var billed = Assert.Single(proxy.Provider.Calls).Billed;
        Assert.Equal(billed.Output, entry.GetProperty("tokens").GetProperty("output").GetInt64());
        Assert.Equal(billed.Input, entry.GetProperty("tokens").GetProperty("input").GetInt64());

        var budget = (await proxy.BudgetsAsync("acme"))["monthly"];
        Assert.Equal(cost, Money(budget, "spent"));
        Assert.Equal(0m, Money(budget, "held"));
        Assert.Equal(1.00m - cost, Money(budget, "remaining"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_no_price_is_known_for_is_settled_at_the_dearest_and_flagged(bool stream)
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        proxy.Provider.Script = _ => new SimulatedAnswer { RawUsage = """{"input_tokens":10,"output_tokens":5,"video_input_tokens":1000}""" };

        await (await client.PostAsync(Bodies.MessagesPath, TestProxy.Json(Bodies.Messages(stream: stream)))).Content.ReadAsStringAsync();

        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.True(entry.GetProperty("unknownBucket").GetBoolean());
        // claude-haiku-4-5: 10 × 1 + 5 × 5 and, at its dearest, an hour's cache write, 1000 × 2 USD a million.
        Assert.Equal(0.002035m, Money(entry, "costUsd"));
        using var page = new HttpClient();
        Assert.Contains("budgetproxy_calls_unknown_bucket_total 1", await page.GetStringAsync(new Uri(proxy.BaseAddress, "/metrics")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai:DefaultServiceTier", "fast", "", 2)]
    [InlineData("openai:DefaultServiceTier", "fast", ""","service_tier":"auto" """, 2)]
    [InlineData("openai:DefaultServiceTier", "fast", ""","service_tier":"default" """, 1)]
    [InlineData("openai:DefaultServiceTier", "standard", "", 1)]
    [InlineData("openai:Regional", "true", "", 1.1)]
    public async Task What_the_account_adds_is_reserved(string setting, string value, string extra, double times)
    {
        await using var plain = await TestProxy.StartAsync();
        await using var proxy = await TestProxy.StartAsync(("Providers:" + setting, value));
        var body = Bodies.Chat(model: "gpt-6.1-sol", extra: extra);
        Assert.Equal(await WorstAsync(plain, body) * (decimal)times, await WorstAsync(proxy, body));
    }

    private static async Task<decimal> WorstAsync(TestProxy proxy, string body)
    {
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var answer = await client.PostAsync("/v1/estimate/openai/chat/completions", TestProxy.Json(body));
        var json = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        return decimal.Parse(json.GetProperty("costUsd").GetProperty("worst").GetString()!, CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Passes_body_and_answer_byte_for_byte()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        const string Body = "{ \"model\" : \"gpt-4o-mini\",\n \"messages\":[{\"role\":\"user\",\"content\":\"h\\u0069 \\ud83d\\ude00\"}], \"x_unknown\": [1, 2.50],\"max_tokens\":7}  ";

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Body));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(Body, System.Text.Encoding.UTF8.GetString(Assert.Single(proxy.Provider.Calls).Body.Span));
    }

    [Fact]
    public async Task Asks_for_usage_and_takes_the_usage_chunk_out_again()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        var plain = await (await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(stream: true)))).Content.ReadAsStringAsync();
        var asked = await (await client.PostAsync(
            Bodies.ChatPath, TestProxy.Json(Bodies.Chat(stream: true, extra: ""","stream_options":{"include_usage":true}""")))).Content.ReadAsStringAsync();

        Assert.All(proxy.Provider.Calls, call => Assert.True(
            JsonElement.Parse(call.Body.Span).GetProperty("stream_options").GetProperty("include_usage").GetBoolean()));
        Assert.DoesNotContain("prompt_tokens", plain, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", plain, StringComparison.Ordinal);
        Assert.Contains("prompt_tokens", asked, StringComparison.Ordinal);
        Assert.All(await proxy.LedgerAsync("acme"), entry => Assert.Equal("reported", entry.GetProperty("basis").GetString()));
    }

    [Fact]
    public async Task Shows_neither_side_what_is_not_its_own()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        using var client = proxy.Client(key);
        using var request = new HttpRequestMessage(HttpMethod.Post, Bodies.ChatPath) { Content = TestProxy.Json(Bodies.Chat()) };
        request.Headers.Add("X-BudgetProxy-User", "ann");
        request.Headers.Add("X-BudgetProxy-Tags", "team=red,env=prod");
        request.Headers.Add("Cookie", "session=secret");
        request.Headers.Add("OpenAI-Organization", "org-of-the-client");
        request.Headers.Add("X-Forwarded-For", "10.0.0.1");
        request.Headers.TryAddWithoutValidation("Connection", "x-stainless-lang");

        using var response = await client.SendAsync(request);

        var seen = Assert.Single(proxy.Provider.Calls);
        Assert.Equal($"Bearer {TestProxy.OpenAiKey}", seen.Headers["Authorization"]);
        Assert.DoesNotContain(seen.Headers, header => header.Value.Contains(key, StringComparison.Ordinal));
        string[] kept = ["X-BudgetProxy-User", "X-BudgetProxy-Tags", "Cookie", "OpenAI-Organization", "X-Forwarded-For"];
        Assert.Empty(seen.Headers.Keys.Intersect(kept, StringComparer.OrdinalIgnoreCase));
        var returned = response.Headers.Select(header => header.Key).ToList();
        Assert.DoesNotContain(returned, name => name.StartsWith("x-ratelimit", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("openai-organization", returned, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain("Set-Cookie", returned, StringComparer.OrdinalIgnoreCase);
        var entry = Assert.Single(await proxy.LedgerAsync("acme"));
        Assert.Equal("ann", entry.GetProperty("user").GetString());
        Assert.Equal("red", entry.GetProperty("tags").GetProperty("team").GetString());
    }

    [Fact]
    public async Task A_pin_on_the_key_wins_over_what_the_call_says()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme", key: """{"name":"pinned","user":"pinned-user","project":"pinned-project"}""");
        using var client = proxy.Client(key);
        client.DefaultRequestHeaders.Add("X-BudgetProxy-User", "other");
        client.DefaultRequestHeaders.Add("X-BudgetProxy-Project", "other");

        await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(extra: ""","user":"third" """)));

        var entry = Assert.Single(await proxy.LedgerAsync("acme"));
        Assert.Equal("pinned-user", entry.GetProperty("user").GetString());
        Assert.Equal("pinned-project", entry.GetProperty("project").GetString());
    }

    [Fact]
    public async Task What_a_provider_bills_above_the_reservation_is_booked_and_flagged()
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { Reported = Core.Tokens.Usage.Inclusive(1000, 0, 0, 0, 5000) };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "tight", """{"limit":{"usd":"0.001"},"window":"month"}""");

        using var first = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));
        using var second = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.PaymentRequired, second.StatusCode);
        var entry = Assert.Single(await proxy.LedgerAsync("acme"));
        // 1,000 x 0.15 + 5,000 x 0.60 per million.
        Assert.Equal(0.00315m, Money(entry, "costUsd"));
        Assert.Equal(0.00315m - Money(entry, "reservedUsd"), Money(entry, "overrunUsd"));
        Assert.True(Money((await proxy.BudgetsAsync("acme"))["tight"], "remaining") < 0);
    }

    internal static decimal Money(JsonElement element, string property) =>
        decimal.Parse(element.GetProperty(property).GetString()!, CultureInfo.InvariantCulture);

    private static decimal Decimal(IEnumerable<string> values) => decimal.Parse(values.Single(), CultureInfo.InvariantCulture);

    private static string BodyFor(string path, bool stream) => path switch
    {
        Bodies.ChatPath => Bodies.Chat(stream: stream),
        Bodies.ResponsesPath => Bodies.Responses(stream: stream),
        Bodies.MessagesPath => Bodies.Messages(stream: stream),
        Bodies.CompletionsPath => Bodies.Completions(stream),
        _ => Bodies.Embeddings,
    };
}
