using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;
using static BudgetProxy.Tests.Batches.BatchScene;

namespace BudgetProxy.Tests.Batches;

/// <summary>Anthropic's batches through the proxy.</summary>
public sealed class AnthropicBatchTests
{
    [Fact]
    public async Task Only_what_succeeded_is_charged_at_half_the_price()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"5.00"},"window":"month"}""");
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = int.MaxValue };
        proxy.Provider.Script = call => (call.Number % 10) switch
        {
            0 => new SimulatedAnswer { Status = 529 },
            1 => new SimulatedAnswer { Unfinished = true },
            _ => new SimulatedAnswer { OutputTokens = 5, CacheWriteTokens = 2 },
        };
        using var client = proxy.Client(key);
        var body = Requests(1_200, i => MessageRequest($"req-{i}", model: i % 2 == 0 ? ClaudeModel : "claude-sonnet-4-5-20250929", extra: $",\"metadata\":{{\"user_id\":\"u{i % 2}\"}}"));
        using var created = await client.PostAsync("/anthropic/v1/messages/batches", TestProxy.Json(body));
        var text = await created.Content.ReadAsStringAsync();
        Assert.True(created.IsSuccessStatusCode, text);
        var id = JsonElement.Parse(text).GetProperty("id").GetString()!;
        Assert.Equal(body, System.Text.Encoding.UTF8.GetString(proxy.Provider.Calls.First(call => call.Method == "POST").Body.Span));
        Assert.Equal(decimal.Parse(created.Headers.GetValues("X-BudgetProxy-Estimated-Cost-Usd").Single()), Money((await proxy.BudgetsAsync("acme"))["monthly"], "held"));

        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        await WhenSettledAsync(proxy, "acme", "monthly");
        await AssertBooksAgreeAsync(proxy, "acme", "monthly");
        var ledger = await proxy.LedgerAsync("acme");
        Assert.Equal(960, ledger.Count);
        Assert.Equal(2, ledger.Select(entry => entry.GetProperty("model").GetString()).Distinct().Count());

        // The same call at the standard price costs twice as much, to the nano-dollar that rounding leaves.
        var one = ledger.First(entry => entry.GetProperty("model").GetString() == ClaudeModel);
        var tokens = one.GetProperty("tokens");
        var plain = tokens.GetProperty("input").GetInt64() * 0.000001m + 2 * 0.00000125m + tokens.GetProperty("output").GetInt64() * 0.000005m;
        Assert.Equal(plain / 2, Money(one, "costUsd"));

        // The SDK takes the address of the results from here: no host, so that no key goes past the proxy.
        var batch = await client.GetFromJsonAsync<JsonElement>($"/anthropic/v1/messages/batches/{id}");
        Assert.Equal($"/v1/messages/batches/{id}/results", batch.GetProperty("results_url").GetString());
        var results = await client.GetStringAsync($"/anthropic/v1/messages/batches/{id}/results");
        Assert.Equal(1_200, results.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        using var deleted = await client.DeleteAsync($"/anthropic/v1/messages/batches/{id}");
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        using var gone = await client.GetAsync($"/anthropic/v1/messages/batches/{id}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Requests_at_fault_are_named_and_nothing_is_sent()
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var response = await client.PostAsync("/anthropic/v1/messages/batches", TestProxy.Json(Requests(4, i => i switch
        {
            1 => MessageRequest("streams", extra: ",\"stream\":true"),
            2 => MessageRequest("fast", extra: ",\"speed\":\"fast\""),
            3 => MessageRequest("req-0"),
            _ => MessageRequest("req-0"),
        })));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var details = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("details");
        Assert.Equal(["streams", "fast", "req-0"], details.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("custom_id").GetString()));
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task A_cancelled_batch_gives_back_what_was_not_run()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"5.00"},"window":"month"}""");
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = int.MaxValue };
        proxy.Provider.Script = call => new SimulatedAnswer { Unfinished = call.Number > 7 };
        using var client = proxy.Client(key);
        var id = await MessagesAsync(client, Requests(20, i => MessageRequest($"{i}")));
        using var early = await client.DeleteAsync($"/anthropic/v1/messages/batches/{id}");
        Assert.Equal(HttpStatusCode.Conflict, early.StatusCode);
        using var cancelled = await client.PostAsync($"/anthropic/v1/messages/batches/{id}/cancel", null);
        Assert.True(cancelled.IsSuccessStatusCode);
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        await WhenSettledAsync(proxy, "acme", "monthly");
        Assert.Equal(7, (await proxy.LedgerAsync("acme")).Count);
        await AssertBooksAgreeAsync(proxy, "acme", "monthly");
    }

    [Fact]
    public async Task Nothing_of_a_body_is_left_on_disk()
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await MessagesAsync(client, Requests(50, i => MessageRequest($"{i}")));
        Assert.Empty(Directory.GetFiles(proxy.DataDirectory, "batch-*"));
    }
}
