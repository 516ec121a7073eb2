using System.Net;
using System.Text;
using System.Text.Json;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Demo;
using BudgetProxy.Gateway;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>
/// A call whose input may come to more than the budget holds, and probably does not: 2,000 words for claude-haiku-4-5, about 2,370 tokens as a guess
/// and 2,720 as a bound; this provider counts the words. At $1 a million tokens a budget of $0.0025 takes the guess and not the bound.
/// </summary>
public sealed class ProviderCountTests
{
    private const string CountPath = "/v1/messages/count_tokens";
    private const string Between = """{"limit":{"usd":"0.0025"},"window":"month"}""";
    private static readonly (string, string) Asking = ("AskProviderCount", "before-refusing");
    private static readonly string Prompt = string.Concat(Enumerable.Repeat(" word", 2000));

    [Fact]
    public async Task A_call_that_the_provider_counts_lower_is_admitted_at_that_count()
    {
        await using var proxy = await TestProxy.StartAsync(Asking);
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "monthly", Between);

        using var answer = await client.PostAsync(Bodies.MessagesPath, TestProxy.Json(Body()));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([CountPath, "/v1/messages"], proxy.Provider.Calls.Select(call => call.Path));
        var asked = proxy.Provider.Calls[0];
        Assert.Equal("2023-06-01", asked.Headers["anthropic-version"]);
        Assert.Equal(["model", "messages"], JsonElement.Parse(Encoding.UTF8.GetString(asked.Body.Span)).EnumerateObject().Select(field => field.Name));
        var counted = asked.Request.InputTokens;
        // What the provider says, a fiftieth and 16, at $1 a million; one token out at $5.
        var reserved = ((counted + (counted / 50) + 16) * 0.000001m) + 0.000005m;
        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.Equal(reserved, MeteredCallTests.Money(entry, "reservedUsd"));
        Assert.True(MeteredCallTests.Money(entry, "costUsd") <= reserved);
    }

    [Fact]
    public async Task A_tenants_ceiling_for_one_call_is_asked_about_too()
    {
        await using var proxy = await TestProxy.StartAsync(Asking);
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme", """{"maxCallUsd":"0.0025"}"""));

        using var answer = await client.PostAsync(Bodies.MessagesPath, TestProxy.Json(Body()));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(2, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task Unless_it_is_allowed_nobody_is_asked()
    {
        await using var proxy = await TestProxy.StartAsync();
        await AssertRefusedAsync(proxy, Body(), askedTimes: 0);
    }

    [Fact]
    public async Task What_would_not_fit_at_the_guess_either_is_refused_unasked()
    {
        await using var proxy = await TestProxy.StartAsync(Asking);
        await AssertRefusedAsync(proxy, Body(maxTokens: 100), askedTimes: 0);
    }

    [Fact]
    public async Task A_body_that_the_counter_can_not_take_whole_is_refused_unasked()
    {
        await using var proxy = await TestProxy.StartAsync(Asking);
        await AssertRefusedAsync(proxy, Body(extra: ""","unheard_of":"x" """), askedTimes: 0);
    }

    [Fact]
    public async Task A_count_that_does_not_help_leaves_the_refusal()
    {
        await using var proxy = await TestProxy.StartAsync(Asking);
        // Three for a word: far above our bound.
        proxy.Provider.Script = _ => new SimulatedAnswer { Reported = new Usage { Input = 6000 } };
        await AssertRefusedAsync(proxy, Body(), askedTimes: 1);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_counter_that_fails_is_left_alone_for_a_while(int status)
    {
        await using var proxy = await TestProxy.StartAsync(Asking);
        proxy.Provider.Script = call => new SimulatedAnswer { Status = call.Path == CountPath ? status : 200 };
        await AssertRefusedAsync(proxy, Body(), askedTimes: 1, times: 3);
    }

    [Fact]
    public async Task A_counter_that_is_silent_costs_no_more_than_the_deadline()
    {
        await using var proxy = await TestProxy.StartAsync(Asking, ("CountDeadline", "00:00:00.100"));
        proxy.Provider.Script = call => new SimulatedAnswer { Hang = call.Path == CountPath };
        await AssertRefusedAsync(proxy, Body(), askedTimes: 1, times: 2);
    }

    [Fact]
    public void Only_what_the_counter_takes_is_sent_and_as_it_was_written()
    {
        var route = CountRoute.Of(ProviderApi.AnthropicMessages)!;
        var body = """ { "max_tokens":5, "model" : "m" ,"mess\u0061ges":[ {"role":"user"} ],"stream":true} """.Trim();
        var sent = new byte[body.Length + 2];

        var length = route.Write(Encoding.UTF8.GetBytes(body), sent);

        Assert.Equal("""{"model" : "m","mess\u0061ges":[ {"role":"user"} ]}""", Encoding.UTF8.GetString(sent, 0, length));
        Assert.Null(CountRoute.Of(ProviderApi.OpenAiEmbeddings));
    }

    [Fact]
    public async Task A_response_is_counted_by_its_own_counter()
    {
        await using var proxy = await TestProxy.StartAsync(Asking);
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        // A nano-dollar less than the bound costs: the guess fits.
        var estimate = JsonElement.Parse(await (await client.PostAsync(
            "/v1/estimate/openai/responses", TestProxy.Json(Bodies.Responses(maxTokens: 1)))).Content.ReadAsStringAsync());
        var worst = MeteredCallTests.Money(estimate.GetProperty("costUsd"), "worst");
        await proxy.PutBudgetAsync("acme", "monthly", $$"""{"limit":{"usd":"{{worst - 0.000000001m}}"},"window":"month"}""");

        using var answer = await client.PostAsync(Bodies.ResponsesPath, TestProxy.Json(Bodies.Responses(maxTokens: 1)));

        Assert.Equal("/v1/responses/input_tokens", proxy.Provider.Calls[0].Path);
        Assert.Equal(
            ["model", "input", "instructions"], JsonElement.Parse(Encoding.UTF8.GetString(proxy.Provider.Calls[0].Body.Span)).EnumerateObject().Select(field => field.Name));
    }

    [Fact]
    public void Questions_are_few_for_one_tenant_and_for_all()
    {
        var clock = new TestClock();
        var throttle = new CountThrottle(clock);
        for (var i = 0; i < CountThrottle.MostOfTenant; i++)
            Assert.True(throttle.TryEnter(Provider.OpenAi, "loud"));
        Assert.False(throttle.TryEnter(Provider.OpenAi, "loud"));
        for (var i = CountThrottle.MostOfTenant; i < CountThrottle.Most; i++)
            Assert.True(throttle.TryEnter(Provider.OpenAi, $"tenant {i}"));
        Assert.False(throttle.TryEnter(Provider.OpenAi, "one more"));

        throttle.Leave("loud");
        Assert.True(throttle.TryEnter(Provider.OpenAi, "one more"));
        throttle.Leave("one more");
        throttle.Pause(Provider.OpenAi);
        Assert.False(throttle.TryEnter(Provider.OpenAi, "one more"));
        clock.Advance(CountThrottle.Rest);
        Assert.True(throttle.TryEnter(Provider.OpenAi, "one more"));
    }

    private static async Task AssertRefusedAsync(TestProxy proxy, string body, int askedTimes, int times = 1)
    {
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "monthly", Between);
        for (var i = 0; i < times; i++)
        {
            using var answer = await client.PostAsync(Bodies.MessagesPath, TestProxy.Json(body));
            Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
            Assert.Equal("budget_exceeded", answer.Headers.GetValues("X-BudgetProxy-Code").Single());
        }

        Assert.Equal(askedTimes, proxy.Provider.Calls.Count(call => call.Path == CountPath));
        Assert.Equal(askedTimes, proxy.Provider.CallCount);
        Assert.Empty(await proxy.LedgerAsync("acme"));
    }

    private static string Body(int maxTokens = 1, string extra = "") =>
        $$"""{"model":"claude-haiku-4-5-20251001","max_tokens":{{maxTokens}},"messages":[{"role":"user","content":"{{Prompt}}"}]{{extra}}}""";

    [Fact]
    public void A_tenants_own_failure_stops_no_other_and_one_providers_not_the_others()
    {
        var throttle = new CountThrottle(new TestClock());
        throttle.Pause(Provider.Anthropic, "acme");
        Assert.False(throttle.TryEnter(Provider.Anthropic, "acme"));
        Assert.True(throttle.TryEnter(Provider.Anthropic, "other"));
        Assert.True(throttle.TryEnter(Provider.OpenAi, "acme"));
        throttle.Pause(Provider.Anthropic);
        Assert.False(throttle.TryEnter(Provider.Anthropic, "other"));
        Assert.True(throttle.TryEnter(Provider.OpenAi, "other"));
    }
}
