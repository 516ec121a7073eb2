using System.Text.Json;
using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

public sealed class LearningTests
{
    private const string Estimate = "/v1/estimate/anthropic/messages";
    private static readonly string Body = $$"""{"model":"claude-haiku-4-5","max_tokens":9000,"messages":[{"role":"user","content":"{{string.Concat(Enumerable.Repeat("word ", 1000))}}"}]}""";

    [Fact]
    public async Task What_the_provider_reported_is_expected_of_the_next_call_and_lowers_the_tenants_own_bound()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var acme = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var other = proxy.Client(await proxy.CreateTenantAsync("other"));
        var before = await TokensAsync(acme);
        proxy.Provider.Script = static _ => new SimulatedAnswer { Reported = Usage.Exclusive(1100, 0, 0, 0, 2000) };

        for (var call = 0; call < Learner.OwnCalls; call++)
            await SendAsync(acme);

        var (after, others) = (await TokensAsync(acme), await TokensAsync(other));
        Assert.InRange(after.Input, 1_080, 1_120);
        Assert.True(after.Bound < before.Bound, $"{after.Bound} of {before.Bound}");
        // 2,000 tokens at $5 a million, give or take a bucket, and the input.
        Assert.InRange(after.Expected, 0.0101m, 0.0121m);
        Assert.Equal(before.Bound, others.Bound);
        Assert.InRange(others.Input, 1_080, 1_120);
        Assert.InRange(others.Expected, 0.0035m, 0.0038m);
    }

    [Fact]
    public async Task A_call_that_reported_nothing_teaches_nothing()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var before = await TokensAsync(client);
        proxy.Provider.Script = static _ => new SimulatedAnswer { OmitUsage = true };
        for (var call = 0; call < Learner.OwnCalls; call++)
            await SendAsync(client);
        Assert.Equal(before, await TokensAsync(client));
    }

    private static async Task SendAsync(HttpClient client)
    {
        using var answer = await client.PostAsync(Bodies.MessagesPath, TestProxy.Json(Body));
        await answer.Content.ReadAsStringAsync();
    }

    private static async Task<(long Input, long Bound, decimal Expected)> TokensAsync(HttpClient client)
    {
        using var answer = await client.PostAsync(Estimate, TestProxy.Json(Body));
        var json = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        var tokens = json.GetProperty("tokens");
        return (tokens.GetProperty("input").GetInt64(), tokens.GetProperty("inputBound").GetInt64(), MeteredCallTests.Money(json.GetProperty("costUsd"), "expected"));
    }
}
