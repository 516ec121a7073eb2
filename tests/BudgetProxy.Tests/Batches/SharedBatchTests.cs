using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;
using static BudgetProxy.Tests.Batches.BatchScene;

namespace BudgetProxy.Tests.Batches;

/// <summary>Two proxies on one Redis and one Postgres: a batch made through one is followed by whichever lives.</summary>
public sealed class SharedBatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact(Timeout = 240_000)]
    public async Task A_batch_is_settled_though_the_proxy_that_made_it_is_killed()
    {
        await using var redis = await RedisServer.StartAsync();
        var postgres = await Databases.NewAsync();
        await using var provider = await SimulatedProvider.StartAsync();
        provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = int.MaxValue };
        provider.Script = call => new SimulatedAnswer { OutputTokens = 1 + call.Number % 5, Status = call.Number % 7 == 0 ? 500 : 200 };
        using var folders = new TempFolder();
        Dictionary<string, string> Settings(string name) => new()
        {
            ["BudgetProxy__Redis"] = redis.ConnectionString,
            ["BudgetProxy__Postgres"] = postgres,
            ["BudgetProxy__DataDirectory"] = Path.Combine(folders.Path, name),
            ["BudgetProxy__AdminKey"] = TestProxy.AdminKey,
            ["BudgetProxy__BatchPollInterval"] = "00:00:00.300",
            ["BudgetProxy__Providers__openai__BaseUrl"] = provider.OpenAiBaseUrl,
            ["BudgetProxy__Providers__anthropic__BaseUrl"] = provider.AnthropicBaseUrl,
        };
        await using var first = await ProxyProcess.StartAsync(Settings("first"));
        await using var second = await ProxyProcess.StartAsync(Settings("second"));
        using var admin = second.Admin();
        await SendAsync(admin.PutAsync("tenants/acme", TestProxy.Json("{}")));
        await SendAsync(admin.PutAsync("tenants/acme/budgets/monthly", TestProxy.Json("""{"limit":{"usd":"100"},"window":"month"}""")));
        await SendAsync(admin.PutAsync("tenants/acme/budgets/per-user", TestProxy.Json("""{"per":"user","limit":{"requests":100000},"window":"month"}""")));
        var key = (await SendAsync(admin.PostAsync("tenants/acme/keys", TestProxy.Json("""{"name":"main"}""")))).GetProperty("key").GetString()!;
        using var client = new HttpClient { BaseAddress = first.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        client.DefaultRequestHeaders.Add("anthropic-version", "2023-06-01");
        await Poll.UntilAsync(async () => (await client.GetAsync("/openai/v1/files")).IsSuccessStatusCode, Patience, "the first proxy knows the key");

        await CreatedAsync(client, await UploadedAsync(client, Lines(3_000, i => ChatLine($"{i}", extra: $",\"user\":\"u{i % 3}\""))));
        await MessagesAsync(client, Requests(1_200, i => MessageRequest($"{i}")));
        Assert.True(await CounterAsync(admin, "held") > 0);
        provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        await Poll.UntilAsync(async () => await CounterAsync(admin, "spent") > 0 || await CounterAsync(admin, "held") == 0, Patience, "something is booked");
        await first.KillAsync();

        await Poll.UntilAsync(async () => await CounterAsync(admin, "held") == 0, Patience, "all is settled");
        var billed = provider.Batches.Lines.Count(line => line.Status == 200);
        await Poll.UntilAsync(async () => (await LedgerAsync(admin)).Count >= billed, Patience, "the ledger has all");
        var ledger = await LedgerAsync(admin);
        Assert.Equal(billed, ledger.Count);
        Assert.Equal(billed, ledger.Select(entry => entry.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(provider.Batches.Billed.TotalInput, ledger.Sum(InputOf));
        Assert.Equal(provider.Batches.Billed.Output, ledger.Sum(entry => entry.GetProperty("tokens").GetProperty("output").GetInt64()));
        Assert.Equal(ledger.Sum(entry => Money(entry, "costUsd")), await CounterAsync(admin, "spent"));
        var users = (await admin.GetFromJsonAsync<JsonElement>("tenants/acme/budgets")).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == "per-user").GetProperty("counters").EnumerateArray();
        Assert.Equal(billed, users.Sum(counter => counter.GetProperty("spent").GetInt64()));
    }

    private static async Task<decimal> CounterAsync(HttpClient admin, string counter) => Money(
        (await admin.GetFromJsonAsync<JsonElement>("tenants/acme/budgets")).GetProperty("items").EnumerateArray()
            .Single(item => item.GetProperty("name").GetString() == "monthly"), counter);

    private static async Task<List<JsonElement>> LedgerAsync(HttpClient admin) =>
        [.. (await admin.GetStringAsync("ledger?tenant=acme&format=jsonl")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    private static async Task<JsonElement> SendAsync(Task<HttpResponseMessage> sent)
    {
        using var response = await sent;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return text.Length == 0 ? default : JsonElement.Parse(text);
    }
}
