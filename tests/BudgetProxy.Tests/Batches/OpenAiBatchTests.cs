using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;
using static BudgetProxy.Tests.Batches.BatchScene;

namespace BudgetProxy.Tests.Batches;

/// <summary>OpenAI's files and batches through the proxy, from upload to the last booked line.</summary>
public sealed class OpenAiBatchTests
{
    [Fact]
    public async Task A_batch_is_reserved_as_a_whole_and_settled_line_by_line()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1.00"},"window":"month"}""");
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = int.MaxValue };
        proxy.Provider.Script = call => new SimulatedAnswer { OutputTokens = 3 + call.Number % 7 };
        using var client = proxy.Client(key);
        var lines = Lines(700, i => ChatLine($"line-{i}", extra: $",\"user\":\"u{i % 3}\""));

        var file = await UploadedAsync(client, lines);
        Assert.Equal(lines, System.Text.Encoding.UTF8.GetString(proxy.Provider.Batches.Files[file].Bytes.Span));
        using var created = await CreateAsync(client, file, ""","metadata":{"job":"nightly"}""");
        var text = await created.Content.ReadAsStringAsync();
        Assert.True(created.IsSuccessStatusCode, text);
        var id = JsonElement.Parse(text).GetProperty("id").GetString();

        // Held: the worst of every line at half the price, to the nano-dollar.
        var reserved = decimal.Parse(created.Headers.GetValues("X-BudgetProxy-Estimated-Cost-Usd").Single());
        var budget = (await proxy.BudgetsAsync("acme"))["monthly"];
        Assert.Equal(reserved, Money(budget, "held"));
        var single = await client.PostAsync("/v1/estimate/openai/chat/completions?service_tier=batch", TestProxy.Json(
            JsonElement.Parse(ChatLine("line-0", extra: ",\"user\":\"u0\"")).GetProperty("body").GetRawText()));
        var worst = decimal.Parse((await single.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("costUsd").GetProperty("worst").GetString()!);
        Assert.InRange(reserved, worst * 700, worst * 700 * 1.05m);
        Assert.Equal("nightly", JsonElement.Parse(text).GetProperty("metadata").GetProperty("job").GetString());
        Assert.Equal(created.Headers.GetValues("X-BudgetProxy-Remaining-Usd").Single(), (1.00m - reserved).ToString("0.00#######"));

        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        await WhenSettledAsync(proxy, "acme", "monthly");
        await AssertBooksAgreeAsync(proxy, "acme", "monthly");
        var ledger = await proxy.LedgerAsync("acme");
        Assert.Equal(700, ledger.Count);
        Assert.All(ledger, entry => Assert.Equal("reported", entry.GetProperty("basis").GetString()));
        Assert.All(ledger, entry => Assert.Equal("chat/completions", entry.GetProperty("api").GetString()));
        Assert.All(ledger, entry => Assert.Equal("gpt-4o-mini-2024-07-18", entry.GetProperty("servedModel").GetString()));
        Assert.Equal(["u0", "u1", "u2"], ledger.Select(entry => entry.GetProperty("user").GetString()).Distinct().Order());
        Assert.Equal(created.Headers.GetValues("X-BudgetProxy-Request-Id").Single(), Assert.Single(ledger.Select(entry => entry.GetProperty("requestId").GetString()).Distinct()));
        // gpt-4o-mini in a batch: 0.075 and 0.30 USD a million tokens.
        var cost = proxy.Provider.Batches.Billed.TotalInput * 0.000000075m + proxy.Provider.Batches.Billed.Output * 0.0000003m;
        Assert.Equal(cost, ledger.Sum(entry => Money(entry, "costUsd")));

        var batch = await client.GetFromJsonAsync<JsonElement>($"/openai/v1/batches/{id}");
        var output = await client.GetStringAsync($"/openai/v1/files/{batch.GetProperty("output_file_id").GetString()}/content");
        Assert.Equal(700, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(file, (await client.GetFromJsonAsync<JsonElement>("/openai/v1/files")).GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Equal(id, (await client.GetFromJsonAsync<JsonElement>("/openai/v1/batches")).GetProperty("data")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task Errors_cost_nothing_and_an_answer_without_usage_costs_its_worst()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1.00"},"window":"month"}""");
        proxy.Provider.Script = call => call.Headers["custom-id"] switch
        {
            "fails" => new SimulatedAnswer { Status = 500 },
            "says-nothing" => new SimulatedAnswer { OmitUsage = true },
            _ => new SimulatedAnswer(),
        };
        using var client = proxy.Client(key);
        var file = await UploadedAsync(client, Lines(4, i => ChatLine(new[] { "good", "fails", "says-nothing", "good too" }[i])));
        await CreatedAsync(client, file);
        await WhenSettledAsync(proxy, "acme", "monthly");

        var ledger = await proxy.LedgerAsync("acme");
        Assert.Equal(["presumed", "reported", "reported"], ledger.Select(entry => entry.GetProperty("basis").GetString()).Order());
        var presumed = ledger.Single(entry => entry.GetProperty("basis").GetString() == "presumed");
        Assert.Equal(Money(presumed, "reservedUsd"), Money(presumed, "costUsd"));
        var budget = (await proxy.BudgetsAsync("acme"))["monthly"];
        Assert.Equal(ledger.Sum(entry => Money(entry, "costUsd")), Money(budget, "spent"));
    }

    [Theory]
    [InlineData("expired")]
    [InlineData("cancelled")]
    [InlineData("failed")]
    public async Task What_was_finished_before_the_end_is_charged_and_the_rest_is_given_back(string end)
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1.00"},"window":"month"}""");
        proxy.Provider.Script = call => new SimulatedAnswer { Unfinished = call.Number > 30 };
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = int.MaxValue };
        using var client = proxy.Client(key);
        var id = await CreatedAsync(client, await UploadedAsync(client, Lines(100, i => ChatLine($"{i}"))));
        if (end == "cancelled")
        {
            using var cancelled = await client.PostAsync($"/openai/v1/batches/{id}/cancel", null);
            Assert.Equal("cancelling", (await cancelled.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        }

        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0, End = end };
        await WhenSettledAsync(proxy, "acme", "monthly");
        Assert.Equal(end, (await client.GetFromJsonAsync<JsonElement>($"/openai/v1/batches/{id}")).GetProperty("status").GetString());
        Assert.Equal(end == "failed" ? 0 : 30, (await proxy.LedgerAsync("acme")).Count);
        await AssertBooksAgreeAsync(proxy, "acme", "monthly");
    }

    [Fact]
    public async Task One_line_too_many_refuses_the_whole_batch_and_the_provider_never_sees_it()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "calls", """{"limit":{"requests":10},"window":"month"}""");
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = int.MaxValue };
        using var client = proxy.Client(key);
        using var refused = await CreateAsync(client, await UploadedAsync(client, Lines(11, i => ChatLine($"{i}"))));
        var error = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        Assert.Equal("budget_exceeded", error.GetProperty("code").GetString());
        Assert.Contains("11 requests", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(proxy.Provider.Batches.All);

        using var taken = await CreateAsync(client, await UploadedAsync(client, Lines(10, i => ChatLine($"{i}"))));
        Assert.True(taken.IsSuccessStatusCode);
        Assert.Equal(10, (await proxy.BudgetsAsync("acme"))["calls"].GetProperty("held").GetInt64());
    }

    [Fact]
    public async Task Each_line_is_held_and_booked_in_the_budgets_of_its_own_user()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "per-user", """{"per":"user","limit":{"requests":5},"window":"month"}""");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1"},"window":"month"}""");
        using var client = proxy.Client(key);
        string Line(int i, string user) => ChatLine($"{i}", extra: $",\"user\":\"{user}\"");
        var file = await UploadedAsync(client, Lines(8, i => Line(i, i < 5 ? "ada" : "bob")));
        await CreatedAsync(client, file);
        await WhenSettledAsync(proxy, "acme", "monthly");
        var counters = (await proxy.BudgetsAsync("acme"))["per-user"].GetProperty("counters").EnumerateArray()
            .ToDictionary(counter => counter.GetProperty("value").GetString()!, counter => counter.GetProperty("spent").GetInt64());
        Assert.Equal(5, counters["ada"]);
        Assert.Equal(3, counters["bob"]);

        // Ada has no call left, bob has two: the same file again is too much for both, and nothing of it is held.
        using var refused = await CreateAsync(client, file);
        Assert.Equal(HttpStatusCode.PaymentRequired, refused.StatusCode);
        Assert.Equal("per-user", refused.Headers.GetValues("X-BudgetProxy-Budget").Single());
        Assert.Equal(0m, Money((await proxy.BudgetsAsync("acme"))["monthly"], "held"));
    }

    [Fact]
    public async Task A_model_without_a_rate_that_is_allowed_is_booked_at_no_cost()
    {
        await using var proxy = await StartAsync(("OnUnpricedModel", "allow"));
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "calls", """{"limit":{"requests":10},"window":"month"}""");
        using var client = proxy.Client(key);
        await CreatedAsync(client, await UploadedAsync(client, Lines(4, i => ChatLine($"{i}", model: "nobody-knows-1"))));
        await Poll.UntilAsync(async () => (await proxy.LedgerAsync("acme")).Count == 4, Limit, "all is booked");
        Assert.All(await proxy.LedgerAsync("acme"), entry =>
        {
            Assert.Equal(0m, Money(entry, "costUsd"));
            Assert.Equal(JsonValueKind.Null, entry.GetProperty("rate").ValueKind);
            Assert.True(InputOf(entry) > 0);
        });
        Assert.Equal(4, (await proxy.BudgetsAsync("acme"))["calls"].GetProperty("spent").GetInt64());
    }

    [Fact]
    public async Task A_batch_is_priced_at_the_rates_of_its_creation_whatever_is_added_before_its_end()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"10"},"window":"month"}""");
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = int.MaxValue };
        using var client = proxy.Client(key);
        Task AddRateAsync(int price)
        {
            var prices = $$"""{"input":"{{price}}","output":"{{price}}"}""";
            return proxy.SendAsync(HttpMethod.Put, "rates/openai/my-model", $"{{\"usdPerMillion\":{{\"standard\":{prices},\"batch\":{prices}}}}}");
        }

        await AddRateAsync(1);
        var file = await UploadedAsync(client, Lines(4, i => ChatLine($"{i}", model: "my-model")));
        await AddRateAsync(7);
        await CreatedAsync(client, file);
        await AddRateAsync(50);
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        await WhenSettledAsync(proxy, "acme", "monthly");
        var ledger = await proxy.LedgerAsync("acme");
        Assert.Equal(4, ledger.Count);
        Assert.All(ledger, entry => Assert.Equal(
            (InputOf(entry) + entry.GetProperty("tokens").GetProperty("output").GetInt64()) * 0.000007m, Money(entry, "costUsd")));
    }

    [Fact]
    public async Task Batches_and_calls_that_race_never_exceed_the_limit_together()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "calls", """{"limit":{"requests":60},"window":"month"}""");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1"},"window":"month"}""");
        using var client = proxy.Client(key);
        var file = await UploadedAsync(client, Lines(10, i => ChatLine($"{i}")));
        var batches = Enumerable.Range(0, 8).Select(_ => Task.Run(() => CreateAsync(client, file))).ToList();
        var calls = Enumerable.Range(0, 40).Select(_ => Task.Run(() => client.PostAsync(Gateway.Bodies.ChatPath, TestProxy.Json(Gateway.Bodies.Chat())))).ToList();
        var answers = await Task.WhenAll(batches.Concat(calls));
        var taken = answers.Take(8).Count(answer => answer.IsSuccessStatusCode) * 10 + answers.Skip(8).Count(answer => answer.IsSuccessStatusCode);
        Assert.InRange(taken, 51, 60);
        await WhenSettledAsync(proxy, "acme", "monthly");
        Assert.Equal(taken, (await proxy.LedgerAsync("acme")).Count);
        Assert.Equal(taken, (await proxy.BudgetsAsync("acme"))["calls"].GetProperty("spent").GetInt64());
        await AssertBooksAgreeAsync(proxy, "acme", "monthly");
    }
}
