using System.Text.Json;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

public sealed class PromptMemoryTests
{
    private const string ChatEstimate = "/v1/estimate/openai/chat/completions";
    private const string MessagesEstimate = "/v1/estimate/anthropic/messages";

    [Fact]
    public async Task A_prompt_seen_again_is_expected_to_be_cached_and_held_at_its_worst_all_the_same()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var other = proxy.Client(await proxy.CreateTenantAsync("other"));
        var body = Chat("go on");
        var before = await EstimateAsync(client, ChatEstimate, body);
        Assert.Equal(0, Cached(before));

        await SendAsync(client, Bodies.ChatPath, body);
        var billed = (await proxy.OnlyEntryAsync("acme")).GetProperty("tokens").GetProperty("input").GetInt64();
        var after = await EstimateAsync(client, ChatEstimate, body);

        Assert.True(billed > 1024);
        Assert.Equal(billed / 128 * 128, Cached(after));
        Assert.Equal(Cost(before, "worst"), Cost(after, "worst"));
        // Half price for what is cached.
        Assert.Equal(Cost(before, "expected") - Cached(after) * 0.075m / 1_000_000m, Cost(after, "expected"));
        Assert.InRange(Cached(await EstimateAsync(client, ChatEstimate, Chat("go on, and more"))), 1024, Cached(after));
        Assert.Equal(0, Cached(await EstimateAsync(client, ChatEstimate, body.Replace("word 0 ", "Word 0 ", StringComparison.Ordinal))));
        Assert.Equal(0, Cached(await EstimateAsync(other, ChatEstimate, body)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_marked_prefix_is_expected_as_the_provider_reported_it(bool stream)
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var body = Messages(stream);
        Assert.Equal(0, Cached(await EstimateAsync(client, MessagesEstimate, body)));

        proxy.Provider.Script = static _ => new SimulatedAnswer { Reported = Usage.Exclusive(12, 0, 2345, 0, 5) };
        await SendAsync(client, Bodies.MessagesPath, body);

        var after = await EstimateAsync(client, MessagesEstimate, body);
        Assert.Equal(2345, Cached(after));
    }

    [Fact]
    public async Task A_call_that_reported_nothing_teaches_nothing()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var body = Chat("go on");

        proxy.Provider.Script = static _ => new SimulatedAnswer { Status = 500 };
        using (await client.PostAsync(Bodies.ChatPath, TestProxy.Json(body)))
        {
        }

        proxy.Provider.Script = static _ => new SimulatedAnswer { OmitUsage = true };
        await SendAsync(client, Bodies.ChatPath, body);
        await proxy.OnlyEntryAsync("acme");

        Assert.Equal(0, Cached(await EstimateAsync(client, ChatEstimate, body)));
    }

    private static string Chat(string last) =>
        $$"""{"model":"gpt-4o-mini","max_tokens":50,"messages":[{"role":"system","content":"{{Words()}}"},{"role":"user","content":"{{last}}"}]}""";

    private static string Messages(bool stream) =>
        $$"""{"model":"claude-sonnet-4-5-20250929","max_tokens":50,"stream":{{(stream ? "true" : "false")}},"system":[{"type":"text","text":"{{Words()}}","cache_control":{"type":"ephemeral"} }],"messages":[{"role":"user","content":"go on"}]}""";

    private static string Words() => string.Concat(Enumerable.Range(0, 700).Select(i => $"word {i} "));

    private static async Task SendAsync(HttpClient client, string path, string body)
    {
        using var response = await client.PostAsync(path, TestProxy.Json(body));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
    }

    private static async Task<JsonElement> EstimateAsync(HttpClient client, string path, string body)
    {
        using var response = await client.PostAsync(path, TestProxy.Json(body));
        return JsonElement.Parse(await response.Content.ReadAsStringAsync());
    }

    private static long Cached(JsonElement estimate) => estimate.GetProperty("tokens").GetProperty("cachedInput").GetInt64();

    private static decimal Cost(JsonElement estimate, string which) => MeteredCallTests.Money(estimate.GetProperty("costUsd"), which);
}
