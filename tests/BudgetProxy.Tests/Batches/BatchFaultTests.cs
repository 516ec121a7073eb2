using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using static BudgetProxy.Tests.Batches.BatchScene;

namespace BudgetProxy.Tests.Batches;

/// <summary>What the provider, or the way to it, does wrong.</summary>
public sealed class BatchFaultTests
{
    [Fact]
    public async Task A_batch_whose_creation_got_no_answer_is_found_by_its_file_and_settled()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1.00"},"window":"month"}""");
        using var client = proxy.Client(key);
        // Others of the account, before and after: they are not it.
        for (var i = 0; i < 3; i++)
            await MessagesAsync(client, Requests(1 + i, j => MessageRequest($"{j}")));
        await WhenSettledAsync(proxy, "acme", "monthly");
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { AbortCreate = true, LooksUntilEnd = 0 };
        using var response = await CreateAsync(client, await UploadedAsync(client, Lines(30, i => ChatLine($"{i}"))));
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("false", response.Headers.GetValues("x-should-retry").Single());
        Assert.True(Money((await proxy.BudgetsAsync("acme"))["monthly"], "held") > 0);

        await WhenSettledAsync(proxy, "acme", "monthly");
        Assert.Equal(36, (await proxy.LedgerAsync("acme")).Count);
        await AssertBooksAgreeAsync(proxy, "acme", "monthly");
        var id = Assert.Single(proxy.Provider.Batches.All.Values, batch => batch.Lines.Count == 30).Id;
        using var found = await client.GetAsync($"/openai/v1/batches/{id}");
        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
    }

    [Fact]
    public async Task A_batch_that_nobody_follows_any_more_when_the_provider_has_made_it_is_cancelled_there()
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { CreateDelay = TimeSpan.FromSeconds(1), LooksUntilEnd = int.MaxValue };
        var making = client.PostAsync("/anthropic/v1/messages/batches", TestProxy.Json(Requests(3, i => MessageRequest($"{i}"))));
        await Poll.UntilAsync(() => proxy.Provider.Batches.All.Count == 1, Limit, "the provider has it");
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(proxy.DataDirectory, "budgetproxy.db")}"))
        {
            connection.Open();
            connection.Run("DELETE FROM batches");
        }

        using var made = await making;
        var id = Assert.Single(proxy.Provider.Batches.All.Values).Id;
        await Poll.UntilAsync(
            () => proxy.Provider.Calls.Any(call => call.Path.EndsWith($"/{id}/cancel", StringComparison.Ordinal)), Limit, "the provider was asked to cancel it");
        using var metrics = new HttpClient { BaseAddress = proxy.BaseAddress };
        Assert.Contains("budgetproxy_batches_total{outcome=\"lost\"} 1", await metrics.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(429)]
    [InlineData(401)]
    public async Task A_clear_no_gives_the_money_back_at_once(int status)
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1.00"},"window":"month"}""");
        using var client = proxy.Client(key);
        var file = await UploadedAsync(client, Lines(3, i => ChatLine($"{i}")));
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { CreateStatus = status };
        using var response = await CreateAsync(client, file);
        Assert.Equal(status == 401 ? 502 : status, (int)response.StatusCode);
        var budget = (await proxy.BudgetsAsync("acme"))["monthly"];
        Assert.Equal((0m, 0m), (Money(budget, "held"), Money(budget, "spent")));
        Assert.Empty((await client.GetFromJsonAsync<JsonElement>("/openai/v1/batches")).GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Results_that_are_not_all_there_are_read_again()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1.00"},"window":"month"}""");
        using var client = proxy.Client(key);
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0, ResultsStatus = 500 };
        var id = await CreatedAsync(client, await UploadedAsync(client, Lines(40, i => ChatLine($"{i}"))));
        await Poll.UntilAsync(() => proxy.Provider.Calls.Any(call => call.Path.EndsWith("/content", StringComparison.Ordinal)), Limit, "the results were asked for");

        // Next they answer, and half of them is missing.
        var whole = proxy.Provider.Batches.Files[proxy.Provider.Batches.All[id].OutputFile!];
        proxy.Provider.Batches.Files[whole.Id] = whole with { Bytes = whole.Bytes[..(whole.Bytes.Length / 2)] };
        var reads = proxy.Provider.CallCount;
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        await Poll.UntilAsync(() => proxy.Provider.Calls.Skip(reads).Count(call => call.Path.EndsWith("/content", StringComparison.Ordinal)) > 1, Limit, "they were read twice");
        Assert.Empty(await proxy.LedgerAsync("acme"));
        proxy.Provider.Batches.Files[whole.Id] = whole;
        await WhenSettledAsync(proxy, "acme", "monthly");
        Assert.Equal(40, (await proxy.LedgerAsync("acme")).Count);
        await AssertBooksAgreeAsync(proxy, "acme", "monthly");
    }

    [Fact]
    public async Task A_result_that_can_not_be_read_costs_the_dearest_line_that_is_missing_and_a_strangers_is_booked_too()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1.00"},"window":"month"}""");
        proxy.Provider.BatchPlan = new SimulatedBatchPlan
        {
            LooksUntilEnd = 0,
            Results = lines =>
            [
                .. lines.Select(line => line.Contains("\"custom_id\":\"3\"", StringComparison.Ordinal) ? "{\"id\":\"batch_req_4\",\"custom" : line),
                lines.First(line => !line.Contains("\"custom_id\":\"3\"", StringComparison.Ordinal)).Replace("\"custom_id\":\"", "\"custom_id\":\"x", StringComparison.Ordinal),
                lines.Last(line => !line.Contains("\"custom_id\":\"3\"", StringComparison.Ordinal)),
            ],
        };
        using var client = proxy.Client(key);
        await CreatedAsync(client, await UploadedAsync(client, Lines(5, i => ChatLine($"{i}", maxTokens: 100 + i))));
        await WhenSettledAsync(proxy, "acme", "monthly");

        var ledger = await proxy.LedgerAsync("acme");
        Assert.Equal(6, ledger.Count);
        var presumed = Assert.Single(ledger, entry => entry.GetProperty("basis").GetString() == "presumed");
        Assert.Equal(103, presumed.GetProperty("tokens").GetProperty("output").GetInt64());
        var strange = Assert.Single(ledger, entry => Money(entry, "reservedUsd") == 0);
        Assert.Equal("gpt-4o-mini-2024-07-18", strange.GetProperty("model").GetString());
        Assert.True(Money(strange, "costUsd") > 0);
        Assert.Equal(Money(strange, "costUsd"), Money(strange, "overrunUsd"));
        var budget = (await proxy.BudgetsAsync("acme"))["monthly"];
        Assert.Equal(ledger.Sum(entry => Money(entry, "costUsd")), Money(budget, "spent"));
        using var metrics = new HttpClient { BaseAddress = proxy.BaseAddress };
        var page = await metrics.GetStringAsync("/metrics");
        Assert.Contains("budgetproxy_batch_lines_total{outcome=\"unknown\"} 1", page, StringComparison.Ordinal);
        Assert.Contains("budgetproxy_batch_lines_total{outcome=\"unreadable\"} 1", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_leaves_in_its_upload_leaves_nothing()
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using (var content = new HalfContent(Lines(2_000, i => ChatLine($"{i}"))))
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync("/openai/v1/files", content));
        await proxy.Provider.WhenIdleAsync();
        Assert.Empty(proxy.Provider.Batches.Files);
        Assert.NotEqual("", await UploadedAsync(client, Lines(2, i => ChatLine($"{i}"))));
    }

    [Fact]
    public async Task Batches_are_priced_without_being_made()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "calls", """{"limit":{"requests":9},"window":"month"}""");
        using var client = proxy.Client(key);
        using var openAi = await client.PostAsync("/v1/estimate/openai/batches", TestProxy.Json(Lines(10, i => ChatLine($"{i}"))));
        var quote = await openAi.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(10, quote.GetProperty("lines").GetInt32());
        Assert.Equal("refuse", quote.GetProperty("decision").GetString());
        Assert.False(quote.GetProperty("budgets")[0].GetProperty("fits").GetBoolean());
        Assert.InRange(Money(quote.GetProperty("costUsd"), "expected"), 0.000001m, Money(quote.GetProperty("costUsd"), "worst"));
        using var anthropic = await client.PostAsync("/v1/estimate/anthropic/messages/batches", TestProxy.Json(Requests(9, i => MessageRequest($"{i}"))));
        Assert.Equal("allow", (await anthropic.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("decision").GetString());
        Assert.Equal(0, proxy.Provider.CallCount);
        Assert.Equal(0, (await proxy.BudgetsAsync("acme"))["calls"].GetProperty("held").GetInt64());
    }

    /// <summary>A form of which half is sent before the connection breaks.</summary>
    private sealed class HalfContent : HttpContent
    {
        private readonly byte[] _form;

        public HalfContent(string lines)
        {
            _form = System.Text.Encoding.UTF8.GetBytes(
                "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n" + lines + "\r\n--b--\r\n");
            Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=b");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(_form.AsMemory(0, _form.Length / 2));
            await stream.FlushAsync();
            throw new IOException("Gone.");
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _form.Length;
            return true;
        }
    }
}
