using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Gateway;

/// <summary>Calls that go no further: the answer is in the provider's shape, and the provider's own books show that nothing came.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData(Bodies.ChatPath)]
    [InlineData(Bodies.MessagesPath)]
    public async Task Over_a_monthly_budget_is_402_and_never_leaves(string path)
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"0.00001"},"window":"month","timezone":"Europe/Berlin"}""");

        using var response = await client.PostAsync(path, TestProxy.Json(path == Bodies.ChatPath ? Bodies.Chat() : Bodies.Messages()));
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        AssertHeader(response, "X-BudgetProxy-Code", "budget_exceeded");
        AssertHeader(response, "X-BudgetProxy-Budget", "monthly");
        AssertHeader(response, "X-BudgetProxy-Limit", "0.00001");
        AssertHeader(response, "X-BudgetProxy-Remaining", "0.00001");
        AssertHeader(response, "x-should-retry", "false");
        Assert.True(DateTimeOffset.TryParse(response.Headers.GetValues("X-BudgetProxy-Reset").Single(), out var reset) && reset > DateTimeOffset.UnixEpoch);
        Assert.True(response.Headers.Contains("X-BudgetProxy-Estimated-Cost-Usd"));
        Assert.Null(response.Headers.RetryAfter);
        var error = body.GetProperty("error");
        Assert.Contains("monthly", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        if (path == Bodies.ChatPath)
        {
            Assert.Equal("insufficient_quota", error.GetProperty("type").GetString());
            Assert.Equal("budget_exceeded", error.GetProperty("code").GetString());
            Assert.True(error.TryGetProperty("param", out _));
        }
        else
        {
            Assert.Equal("error", body.GetProperty("type").GetString());
            Assert.Equal("billing_error", error.GetProperty("type").GetString());
            AssertHeader(response, "X-BudgetProxy-Request-Id", body.GetProperty("request_id").GetString()!);
        }

        Assert.Equal(0, proxy.Provider.CallCount);
        Assert.Empty(await proxy.LedgerAsync("acme"));
    }

    [Fact]
    public async Task Over_a_short_window_is_429_with_the_seconds_to_wait()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "burst", """{"limit":{"requests":1},"window":"minute"}""");
        await proxy.PutBudgetAsync("acme", "hourly", """{"limit":{"requests":1000},"window":"hour"}""");
        using var first = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        AssertHeader(response, "X-BudgetProxy-Code", "velocity_exceeded");
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(1, proxy.Provider.CallCount);
    }

    [Theory]
    [InlineData("hour")]
    [InlineData("minute")]
    public async Task Where_waiting_does_not_help_nobody_is_told_to_wait(string window)
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "none", $$"""{"limit":{"requests":0},"window":"{{window}}"}""");

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));

        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Null(response.Headers.RetryAfter);
        AssertHeader(response, "x-should-retry", "false");
    }

    [Fact]
    public async Task A_key_revoked_during_a_slow_upload_is_refused()
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        var keys = JsonElement.Parse(await proxy.Admin.GetStringAsync("tenants/acme/keys"));
        var id = keys.GetProperty("items")[0].GetProperty("id").GetString();
        var body = Bodies.Chat();
        using var socket = new TcpClient();
        await socket.ConnectAsync(proxy.BaseAddress.Host, proxy.BaseAddress.Port);
        var head = $"POST {Bodies.ChatPath} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {body.Length}\r\n\r\n{body[..10]}";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        await Task.Delay(200);
        await proxy.Admin.DeleteAsync($"tenants/acme/keys/{id}");
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(body[10..]));

        var answer = new byte[256];
        var read = await socket.GetStream().ReadAsync(answer);

        Assert.StartsWith("HTTP/1.1 401", Encoding.ASCII.GetString(answer, 0, read), StringComparison.Ordinal);
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task A_tunnel_is_never_opened()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openai/v1/models");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact(Timeout = 120_000)]
    public async Task Held_by_calls_in_flight_is_429_with_a_few_seconds_to_wait()
    {
        await using var proxy = await TestProxy.StartAsync();
        proxy.Provider.Script = _ => new SimulatedAnswer { Hang = true };
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "one", """{"limit":{"requests":1},"window":"month"}""");
        using var leave = new CancellationTokenSource();
        var first = client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(stream: true)), leave.Token);
        while (proxy.Provider.CallCount == 0)
            await Task.Delay(5);

        using var second = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        AssertHeader(second, "X-BudgetProxy-Code", "budget_held");
        Assert.InRange(second.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 5);
        Assert.Equal(1, proxy.Provider.CallCount);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Theory]
    [InlineData("GET", "/openai/v1/responses/resp_1", 403, "unsupported_route")]
    [InlineData("DELETE", "/openai/v1/responses/resp_1", 403, "unsupported_route")]
    [InlineData("POST", "/openai/v1/responses/resp_1/cancel", 403, "unsupported_route")]
    [InlineData("POST", "/openai/v1/responses/input_tokens", 403, "unsupported_route")]
    [InlineData("POST", "/openai/v1/images/generations", 403, "unsupported_route")]
    [InlineData("GET", "/openai/v1/chat/completions", 403, "unsupported_route")]
    [InlineData("POST", "/openai/v1/../v1/uploads", 403, "unsupported_route")]
    [InlineData("POST", "/openai/v1/chat%2fcompletions", 403, "unsupported_route")]
    [InlineData("POST", "/openai//v1/chat/completions", 403, "unsupported_route")]
    [InlineData("POST", "/anthropic/v1/messages/batches/a", 403, "unsupported_route")]
    [InlineData("POST", "/anthropic/v1/complete", 403, "unsupported_route")]
    [InlineData("POST", "/azure/openai/deployments/x/chat/completions", 403, "unsupported_route")]
    [InlineData("POST", "/bedrock/model/x/converse", 403, "unsupported_route")]
    [InlineData("POST", "/vertex/v1/projects/p:generateContent", 403, "unsupported_route")]
    [InlineData("POST", "/ollama/api/chat", 403, "unsupported_route")]
    public async Task A_route_that_is_not_metered_is_not_forwarded(string method, string path, int status, string code)
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST")
            request.Content = TestProxy.Json(Bodies.Chat());

        using var response = await client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        AssertHeader(response, "X-BudgetProxy-Code", code);
        AssertHeader(response, "x-should-retry", "false");
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Theory]
    [InlineData("/openai/v1/realtime/sessions", "socket")]
    [InlineData("/openai/v1/assistants", "2026-08-26")]
    [InlineData("/openai/v1/threads/t/runs", "2026-08-26")]
    [InlineData("/openai/v1/images/generations", "image")]
    [InlineData("/openai/v1/audio/speech", "minutes")]
    [InlineData("/openai/v1/responses/resp_1", "all tenants share")]
    [InlineData("/openai/v1/responsesx", "can't meter")]
    [InlineData("/openai/v2/assistants", "can't meter")]
    public async Task A_refused_route_says_what_stands_against_it(string path, string reason)
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var response = await client.PostAsync(path, TestProxy.Json("{}"));
        Assert.Equal(403, (int)response.StatusCode);
        Assert.Contains(reason, JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_is_refused()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/openai/v1/responses");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new("websocket"));
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var response = await client.SendAsync(request);
        Assert.Equal(403, (int)response.StatusCode);
        Assert.Contains("socket", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task Moderation_is_free()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "nothing", """{"limit":{"usd":"0.00"},"window":"month"}""");
        using var response = await client.PostAsync("/openai/v1/moderations", TestProxy.Json("""{"input":"x"}"""));
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Empty(await proxy.LedgerAsync("acme"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("bp_unknown00000000000000000000000000000000000000000")]
    [InlineData("sk-provider-canary-openai")]
    [InlineData(TestProxy.AdminKey)]
    public async Task Without_a_known_key_is_401_in_both_shapes(string? key)
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = new HttpClient { BaseAddress = proxy.BaseAddress };
        if (key is not null)
            client.DefaultRequestHeaders.Add("x-api-key", key);

        using var openAi = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));
        using var anthropic = await client.PostAsync(Bodies.MessagesPath, TestProxy.Json(Bodies.Messages()));
        using var models = await client.GetAsync("/openai/v1/models");

        Assert.Equal(HttpStatusCode.Unauthorized, openAi.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, models.StatusCode);
        Assert.Equal("authentication_error",
            JsonElement.Parse(await anthropic.Content.ReadAsStringAsync()).GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("invalid_api_key", JsonElement.Parse(await openAi.Content.ReadAsStringAsync()).GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task A_revoked_an_expired_and_a_suspended_key_stop_at_once()
    {
        await using var proxy = await TestProxy.StartAsync();
        var revoked = await proxy.CreateTenantAsync("acme");
        var id = (await proxy.SendAsync(HttpMethod.Post, "tenants/acme/keys", """{"name":"second"}""")).GetProperty("id").GetString();
        var keys = await proxy.Admin.GetStringAsync("tenants/acme/keys");
        var first = JsonElement.Parse(keys).GetProperty("items").EnumerateArray().Single(key => key.GetProperty("id").GetString() != id).GetProperty("id").GetString();
        await proxy.Admin.DeleteAsync($"tenants/acme/keys/{first}");
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(proxy, revoked));

        var later = await proxy.CreateTenantAsync("later");
        await proxy.SendAsync(HttpMethod.Put, "tenants/later", """{"suspended":true}""");
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(proxy, later));
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Theory]
    [InlineData("gpt-99-unheard-of", 402, "unpriced_model")]
    [InlineData("gpt-4o-mini-2099-01-01", 402, "unpriced_model")]
    [InlineData("gpt-4o-min", 402, "unpriced_model")]
    [InlineData("gpt-4o", 403, "model_not_allowed")]
    public async Task A_model_without_rate_or_leave_is_refused(string model, int status, string code)
    {
        await using var proxy = await TestProxy.StartAsync();
        var key = await proxy.CreateTenantAsync("acme", """{"allowedModels":["gpt-4o-mini*","gpt-4o-min","gpt-99*"]}""");
        using var client = proxy.Client(key);

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(model: model)));

        Assert.Equal(status, (int)response.StatusCode);
        AssertHeader(response, "X-BudgetProxy-Code", code);
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task An_unpriced_model_passes_at_cost_zero_where_the_operator_allows_it()
    {
        await using var proxy = await TestProxy.StartAsync(("OnUnpricedModel", "allow"));
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(model: "my-own-model")));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var entry = Assert.Single(await proxy.LedgerAsync("acme"));
        Assert.Equal("0.000000000", entry.GetProperty("costUsd").GetString());
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("rate").ValueKind);
        Assert.True(entry.GetProperty("tokens").GetProperty("output").GetInt64() > 0);
    }

    [Fact]
    public async Task A_call_above_the_ceiling_is_402()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme", """{"maxCallUsd":"0.0001"}"""));

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat(maxTokens: 16000)));

        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        AssertHeader(response, "X-BudgetProxy-Code", "request_too_expensive");
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"model":"gpt-4o-mini","model":"gpt-4o","messages":[]}""")]
    [InlineData("""{"model":"gpt-4o-mini","mod\u0065l":"gpt-4o","messages":[]}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"max_tokens":"100"}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"max_tokens":4.5}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"max_tokens":-1}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"max_tokens":1,"max_completion_tokens":9999}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}],"n":1000000}""")]
    [InlineData("""{"model":"gpt-4o-mini","messages":[{"role":"user","content":"x"}]} trailing""")]
    public async Task A_body_that_cannot_be_read_with_certainty_is_400(string body)
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        AssertHeader(response, "X-BudgetProxy-Code", "invalid_request");
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_400()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var body = Encoding.UTF8.GetBytes(Bodies.Chat());
        body[Array.IndexOf(body, (byte)'S')] = 0xFF;

        using var response = await client.PostAsync(Bodies.ChatPath, new ByteArrayContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task A_compressed_body_is_415_and_a_large_one_413()
    {
        await using var proxy = await TestProxy.StartAsync(("MaxBodyBytes", "4096"));
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var compressed = TestProxy.Json(Bodies.Chat());
        compressed.Headers.ContentEncoding.Add("gzip");
        using var utf16 = new StringContent(Bodies.Chat(), Encoding.Unicode, "application/json");
        using var fourth = await client.PostAsync(Bodies.ChatPath, utf16);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, fourth.StatusCode);
        using var chunked = new StreamContent(new MemoryStream(new byte[10_000]));

        using var first = await client.PostAsync(Bodies.ChatPath, compressed);
        using var second = await client.PostAsync(Bodies.MessagesPath, TestProxy.Json(new string(' ', 5000)));
        using var third = await client.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, Bodies.ChatPath) { Content = chunked, Headers = { TransferEncodingChunked = true } });

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, first.StatusCode);
        AssertHeader(first, "X-BudgetProxy-Code", "unsupported_encoding");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, second.StatusCode);
        AssertHeader(second, "X-BudgetProxy-Code", "request_too_large");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, third.StatusCode);
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task A_shadow_budget_only_says_what_it_would_have_done()
    {
        await using var proxy = await TestProxy.StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        await proxy.PutBudgetAsync("acme", "trial", """{"limit":{"usd":"0"},"window":"day","mode":"shadow"}""");

        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        AssertHeader(response, "X-BudgetProxy-Would-Block", "trial");
        Assert.Single(await proxy.LedgerAsync("acme"));
    }

    internal static void AssertHeader(HttpResponseMessage response, string name, string value) =>
        Assert.Equal(value, Assert.Single(response.Headers.GetValues(name)));

    private static async Task<HttpStatusCode> StatusAsync(TestProxy proxy, string key)
    {
        using var client = proxy.Client(key);
        using var response = await client.PostAsync(Bodies.ChatPath, TestProxy.Json(Bodies.Chat()));
        return response.StatusCode;
    }
}
