using System.Net;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>Clients that leave, providers that fail: every call that reached the provider ends as one entry, or is provably free.</summary>
public sealed class BrokenCallTests
{
    [Theory]
    [InlineData(Bodies.ChatPath)]
    [InlineData(Bodies.MessagesPath)]
    public async Task A_cut_stream_is_charged_its_input_and_what_passed(string path)
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { Endless = true, ChunkDelay = TimeSpan.FromMilliseconds(5) };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        await LeaveAfterAsync(client, path, bytes: 2000);

        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.Equal("counted", entry.GetProperty("basis").GetString());
        Assert.True(entry.GetProperty("tokens").GetProperty("input").GetInt64() > 0);
        Assert.True(entry.GetProperty("tokens").GetProperty("output").GetInt64() > 2);
        await proxy.Provider.WhenIdleAsync();
        Assert.Equal(SimulatedOutcome.ClientAborted, Assert.Single(proxy.Provider.Calls).Outcome);
    }

    [Theory]
    [InlineData(Bodies.ChatPath)]
    [InlineData(Bodies.MessagesPath)]
    public async Task A_drained_stream_is_charged_what_the_provider_reports(string path)
    {
        await using var proxy = await TestProxy.StartAsync(("OnClientDisconnect", "drain"));
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 80, ChunkDelay = TimeSpan.FromMilliseconds(5) };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        await LeaveAfterAsync(client, path, bytes: 300);

        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.Equal("reported", entry.GetProperty("basis").GetString());
        Assert.Equal(80, entry.GetProperty("tokens").GetProperty("output").GetInt64());
        var call = Assert.Single(proxy.Provider.Calls);
        Assert.Equal(SimulatedOutcome.Completed, call.Outcome);
    }

    [Fact]
    public async Task A_model_that_reasons_out_of_sight_is_drained_even_where_streams_are_cut()
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 40, ReasoningTokens = 50, ChunkDelay = TimeSpan.FromMilliseconds(5) };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var body = Bodies.Chat(model: "gpt-5-mini", stream: true).Replace("max_tokens", "max_completion_tokens", StringComparison.Ordinal);

        await LeaveAfterAsync(client, Bodies.ChatPath, bytes: 300, body);

        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.Equal("reported", entry.GetProperty("basis").GetString());
        Assert.Equal(90, entry.GetProperty("tokens").GetProperty("output").GetInt64());
    }

    [Theory]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(529)]
    public async Task A_providers_error_passes_as_it_is_and_costs_nothing(int status)
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { Status = status, ErrorBody = """{"error":{"message":"no","type":"t","param":null,"code":"c"}}""" };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1"},"window":"month"}""");

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(stream: status == 500)));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("""{"error":{"message":"no","type":"t","param":null,"code":"c"}}""", await response.Content.ReadAsStringAsync());
        Assert.Empty(await proxy.LedgerAsync("acme"));
        Assert.Equal(0m, MeteredCallTests.Money((await proxy.BudgetsAsync("acme"))["monthly"], "held"));
    }

    [Theory]
    [InlineData(Bodies.ChatPath)]
    [InlineData(Bodies.MessagesPath)]
    public async Task What_had_been_produced_when_a_client_left_is_charged(string path)
    {
        await using var proxy = await TestProxy.StartAsync();
        // The whole answer is on its way at once; the client takes a first piece of it.
        proxy.Provider.Script = _ => new SimulatedAnswer { OutputTokens = 4000 };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        await LeaveAfterAsync(client, path, bytes: 500, path == Bodies.ChatPath ? Bodies.Chat(4000, stream: true) : Bodies.Messages(4000, stream: true));

        var entry = await proxy.OnlyEntryAsync("acme");
        await proxy.Provider.WhenIdleAsync();
        Assert.True(entry.GetProperty("tokens").GetProperty("output").GetInt64() >= Assert.Single(proxy.Provider.Calls).Billed.Output);
    }

    [Fact]
    public async Task A_provider_that_refuses_the_proxys_own_key_is_no_fault_of_the_tenants()
    {
        await using var proxy = await TestProxy.StartAsync(("Providers:openai:ApiKey", "sk-wrong-canary"));
        proxy.Provider.Script = _ => new SimulatedAnswer();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        using var call = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));
        using var models = await client.GetAsync("/openai/v1/models");

        foreach (var response in new[] { call, models })
        {
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            RefusalTests.AssertHeader(response, "X-BudgetProxy-Code", "provider_key_refused");
            Assert.DoesNotContain("canary", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(await proxy.LedgerAsync("acme"));
    }

    [Fact]
    public async Task A_stream_that_fails_at_once_is_charged_its_input_only()
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { ErrorAfterEvents = 1, OutputTokens = 50 };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(stream: true)));
        var body = await response.Content.ReadAsStringAsync();

        Assert.Contains("error", body, StringComparison.Ordinal);
        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.Equal("counted", entry.GetProperty("basis").GetString());
        Assert.InRange(entry.GetProperty("tokens").GetProperty("output").GetInt64(), 0, 5);
    }

    [Fact]
    public async Task A_provider_that_cannot_be_reached_is_502_and_costs_nothing()
    {
        await using var proxy = await TestProxy.StartAsync(("Providers:openai:BaseUrl", "http://127.0.0.1:1"));
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        RefusalTests.AssertHeader(response, "X-BudgetProxy-Code", "upstream_unavailable");
        Assert.Empty(await proxy.LedgerAsync("acme"));
    }

    [Theory]
    [InlineData(SimulatedAbort.BeforeHeaders, false, "counted")]
    [InlineData(SimulatedAbort.BeforeHeaders, true, "counted")]
    [InlineData(SimulatedAbort.AfterHeaders, true, "counted")]
    [InlineData(SimulatedAbort.InBody, true, "counted")]
    [InlineData(SimulatedAbort.AfterHeaders, false, "presumed")]
    [InlineData(SimulatedAbort.InBody, false, "presumed")]
    public async Task A_provider_that_breaks_off_is_charged_its_input_at_least(SimulatedAbort abort, bool stream, string basis)
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { Abort = abort };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        try
        {
            using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(stream: stream)));
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            RefusalTests.AssertHeader(response, "x-should-retry", "false");
        }
        catch (HttpRequestException) when (stream && abort != SimulatedAbort.BeforeHeaders)
        {
            // The answer had begun: all that is left is to break off as the provider did.
        }

        var entry = await proxy.OnlyEntryAsync("acme");
        Assert.Equal(basis, entry.GetProperty("basis").GetString());
        Assert.True(entry.GetProperty("tokens").GetProperty("input").GetInt64() > 0);
    }

    [Theory]
    [InlineData(false, null, "presumed")]
    [InlineData(true, null, "counted")]
    [InlineData(false, """{"prompt_tokens":-5,"completion_tokens":3}""", "presumed")]
    [InlineData(true, """{"prompt_tokens":"many"}""", "counted")]
    public async Task An_answer_without_a_usage_that_can_be_believed_is_still_charged(bool stream, string? usage, string basis)
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { OmitUsage = usage is null, RawUsage = usage };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(stream: stream)));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await response.Content.ReadAsStringAsync();
        Assert.Equal(basis, (await proxy.OnlyEntryAsync("acme")).GetProperty("basis").GetString());
    }

    [Fact]
    public async Task A_reservation_that_outlives_its_lifetime_is_presumed_and_a_late_answer_adjusts_it()
    {
        await using var proxy = await TestProxy.StartAsync(("ReservationLifetime", "00:00:01"));
        proxy.Provider.Script = _ => new SimulatedAnswer { FirstByteDelay = TimeSpan.FromSeconds(8) };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1"},"window":"month"}""");

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));

        var entries = await proxy.LedgerAsync("acme");
        Assert.Equal(2, entries.Count);
        Assert.Equal("presumed", entries[0].GetProperty("basis").GetString());
        Assert.Equal(entries[0].GetProperty("id").GetString(), entries[1].GetProperty("adjusts").GetString());
        var total = entries.Sum(entry => MeteredCallTests.Money(entry, "costUsd"));
        Assert.Equal(decimal.Parse(response.Headers.GetValues("X-BudgetProxy-Cost-Usd").Single()), total);
        Assert.Equal(total, MeteredCallTests.Money((await proxy.BudgetsAsync("acme"))["monthly"], "spent"));
    }

    private static async Task LeaveAfterAsync(HttpClient client, string path, int bytes, string? body = null)
    {
        body ??= path == Bodies.ChatPath ? Bodies.Chat(stream: true) : Bodies.Messages(stream: true);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = TestProxy.Json(body) };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[256];
        for (var read = 0; read < bytes;)
            read += await stream.ReadAsync(buffer);
    }
}
