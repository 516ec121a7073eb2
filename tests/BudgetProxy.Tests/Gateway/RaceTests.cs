using System.Net;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>However calls race, a budget is never passed.</summary>
public sealed class RaceTests
{
    [Fact(Timeout = 120_000)]
    public async Task Of_64_callers_racing_a_budget_for_20_calls_exactly_20_reach_the_provider()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        using var client = proxy.Client(key);
        // What one call reserves is read from a call of another tenant, so that the budget under test starts untouched.
        using var other = proxy.Client(await proxy.CreateTenantAsync("other"));
        using var sample = await other.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));
        var reserved = decimal.Parse(sample.Headers.GetValues("X-BudgetProxy-Estimated-Cost-Usd").Single());
        var release = new TaskCompletionSource();
        var before = proxy.Provider.CallCount;
        // Answers wait until every caller has been decided, so that nothing is given back meanwhile.
        proxy.Provider.Script = _ =>
        {
            release.Task.Wait();
            return new SimulatedAnswer();
        };
        await proxy.PutBudgetAsync("acme", "twenty", $$"""{"limit":{"usd":"{{reserved * 20}}"},"window":"month"}""");

        var refusals = 0;
        var calls = Enumerable.Range(0, 64).Select(async _ =>
        {
            using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));
            if (response.StatusCode == HttpStatusCode.TooManyRequests && Interlocked.Increment(ref refusals) == 44)
                release.SetResult();
            return response.StatusCode;
        }).ToList();
        var statuses = await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(20, statuses.Count(status => status == HttpStatusCode.OK));
        Assert.Equal(20, proxy.Provider.CallCount - before);
        Assert.Equal(20, (await proxy.LedgerAsync("acme")).Count);
        var budget = (await proxy.BudgetsAsync("acme"))["twenty"];
        Assert.Equal(0m, MeteredCallTests.Money(budget, "held"));
        Assert.Equal((await proxy.LedgerAsync("acme")).Sum(entry => MeteredCallTests.Money(entry, "costUsd")), MeteredCallTests.Money(budget, "spent"));
    }
}
