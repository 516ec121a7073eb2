using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;
using static BudgetProxy.Tests.Batches.BatchScene;

namespace BudgetProxy.Tests.Batches;

/// <summary>Batches that are refused: nothing of them stays at the provider, and the lines at fault are named.</summary>
public sealed class BatchRefusalTests
{
    [Fact]
    public async Task Lines_at_fault_are_named_and_the_upload_is_broken_off()
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var lines = string.Join('\n',
            ChatLine("good"),
            ChatLine("streams", extra: ",\"stream\":true"),
            "{\"custom_id\":\"broken\"",
            ChatLine("elsewhere", url: "/v1/images/generations"),
            ChatLine("good"),
            ChatLine("twice", extra: ",\"n\":1,\"n\":2"),
            ChatLine("other", model: "gpt-4o"),
            ChatLine("unpriced", model: "nobody-knows-1"),
            ChatLine("tiered", extra: ",\"service_tier\":\"priority\""));
        using var response = await UploadAsync(client, lines);

        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_request", error.GetProperty("code").GetString());
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], error.GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("line").GetInt32()));
        Assert.Equal("streams", error.GetProperty("lines")[0].GetProperty("custom_id").GetString());
        Assert.Equal(0, error.GetProperty("more_lines").GetInt32());
        Assert.Contains("nobody-knows-1", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(proxy.Provider.Batches.Files);
        Assert.Empty((await client.GetFromJsonAsync<JsonElement>("/openai/v1/files")).GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Twenty_lines_are_named_and_the_others_counted_up_to_a_thousand_though_the_first_ends_the_upload()
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var response = await UploadAsync(client, Lines(30_000, i => ChatLine($"{i}", model: i == 0 ? OpenAiModel : "nobody-knows-1")));
        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal(20, error.GetProperty("lines").GetArrayLength());
        Assert.Equal(980, error.GetProperty("more_lines").GetInt32());
        Assert.Empty(proxy.Provider.Batches.Files);
    }

    [Theory]
    [InlineData("""{"allowedModels":["gpt-4.1*"]}""", HttpStatusCode.Forbidden, "model_not_allowed")]
    [InlineData("""{"suspended":true}""", HttpStatusCode.Forbidden, "tenant_suspended")]
    public async Task A_tenant_that_may_not_uploads_nothing(string tenant, HttpStatusCode status, string code)
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme", tenant));
        using var response = await UploadAsync(client, Lines(3, i => ChatLine($"{i}")));
        Assert.Equal(status, response.StatusCode);
        Assert.Equal(code, response.Headers.GetValues("X-BudgetProxy-Code").Single());
        Assert.Empty(proxy.Provider.Batches.Files);
    }

    [Theory]
    [InlineData("user_data")]
    [InlineData("fine-tune")]
    [InlineData("vision")]
    public async Task A_file_of_another_purpose_is_refused_with_the_reason(string purpose)
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var response = await UploadAsync(client, "some text", purpose);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("unsupported_route", response.Headers.GetValues("X-BudgetProxy-Code").Single());
        Assert.Contains("could not be bounded", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(proxy.Provider.Batches.Files);
    }

    [Theory]
    [InlineData("/openai/v1/files", false)]
    [InlineData("/openai/v1/files", true)]
    [InlineData("/anthropic/v1/messages/batches", false)]
    [InlineData("/anthropic/v1/messages/batches", true)]
    public async Task A_batch_that_is_too_large_is_refused_whether_it_says_its_length_or_not(string path, bool chunked)
    {
        await using var proxy = await StartAsync(("MaxBatchBytes", "100000"));
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        var openAi = path.StartsWith("/openai", StringComparison.Ordinal);
        var body = openAi
            ? "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
                + Lines(1_000, i => ChatLine($"{i}")) + "\r\n--b--\r\n"
            : Requests(1_000, i => MessageRequest($"{i}"));
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body) };
        request.Content.Headers.Remove("Content-Type");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", openAi ? "multipart/form-data; boundary=b" : "application/json");
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Equal("request_too_large", response.Headers.GetValues("X-BudgetProxy-Code").Single());
        Assert.Empty(proxy.Provider.Batches.Files);
        Assert.Empty(proxy.Provider.Batches.All);
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_named()
    {
        await using var proxy = await StartAsync(("MaxBodyBytes", "5000"));
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var response = await UploadAsync(client, Lines(3, i => ChatLine($"{i}", extra: i == 1 ? $",\"stop\":\"{new string('x', 6_000)}\"" : "")));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        var lines = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("lines");
        Assert.Equal(2, Assert.Single(lines.EnumerateArray()).GetProperty("line").GetInt32());
        Assert.Empty(proxy.Provider.Batches.Files);
    }

    [Fact]
    public async Task The_ceiling_of_a_call_holds_for_each_line()
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme", """{"maxCallUsd":"0.001"}"""));
        var file = await UploadedAsync(client, Lines(3, i => ChatLine($"{i}", maxTokens: i == 1 ? 10_000 : 10)));
        using var response = await CreateAsync(client, file);
        Assert.Equal(HttpStatusCode.PaymentRequired, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        Assert.Equal("request_too_expensive", error.GetProperty("code").GetString());
        Assert.Equal(2, Assert.Single(error.GetProperty("lines").EnumerateArray()).GetProperty("line").GetInt32());
        Assert.Empty(proxy.Provider.Batches.All);
    }

    [Fact]
    public async Task A_batch_of_more_counters_than_one_step_takes_is_refused()
    {
        await using var proxy = await StartAsync();
        var key = await proxy.CreateTenantAsync("acme");
        await proxy.PutBudgetAsync("acme", "per-user", """{"per":"user","limit":{"requests":5},"window":"month"}""");
        using var client = proxy.Client(key);
        var file = await UploadedAsync(client, Lines(300, i => ChatLine($"{i}", extra: $",\"user\":\"u{i}\"")));
        using var response = await CreateAsync(client, file);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("at most 200", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"requests\":[]}", "at least one")]
    [InlineData("{\"requests\":[],\"more\":1}", "no other field")]
    [InlineData("{\"r\\u0065quests\":[]}", "no other field")]
    [InlineData("{\"requests\":[{}{}]}", "no other field")]
    [InlineData("{\"requests\":[{}],}", "no other field")]
    [InlineData("[]", "no other field")]
    [InlineData("{\"requests\":[{\"custom_id\":\"a b\",\"params\":{}}]}", "custom_id")]
    public async Task A_message_batch_that_two_readers_could_read_differently_is_refused(string body, string says)
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var response = await client.PostAsync("/anthropic/v1/messages/batches", TestProxy.Json(body));
        var error = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_request_error", error.GetProperty("error").GetProperty("type").GetString());
        Assert.Contains(says, error.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, proxy.Provider.CallCount);
    }

    [Fact]
    public async Task Tenants_see_their_own_files_and_batches_only()
    {
        await using var proxy = await StartAsync();
        using var acme = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var other = proxy.Client(await proxy.CreateTenantAsync("other"));
        proxy.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        await proxy.PutBudgetAsync("acme", "monthly", """{"limit":{"usd":"1"},"window":"month"}""");
        var file = await UploadedAsync(acme, Lines(2, i => ChatLine($"{i}")));
        var batch = await CreatedAsync(acme, file);
        var messages = await MessagesAsync(acme, Requests(2, i => MessageRequest($"{i}")));
        await WhenSettledAsync(proxy, "acme", "monthly");
        var output = (await acme.GetFromJsonAsync<JsonElement>($"/openai/v1/batches/{batch}")).GetProperty("output_file_id").GetString();
        var calls = proxy.Provider.CallCount;

        foreach (var path in new[]
        {
            $"/openai/v1/files/{file}", $"/openai/v1/files/{file}/content", $"/openai/v1/files/{output}/content", $"/openai/v1/batches/{batch}",
            $"/anthropic/v1/messages/batches/{messages}", $"/anthropic/v1/messages/batches/{messages}/results",
        })
        {
            using var mine = await acme.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, mine.StatusCode);
            using var theirs = await other.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, theirs.StatusCode);
            var error = (await theirs.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
            Assert.Equal(path.StartsWith("/anthropic", StringComparison.Ordinal) ? "not_found_error" : "invalid_request_error", error.GetProperty("type").GetString());
        }

        using var created = await CreateAsync(other, file);
        using var deleted = await other.DeleteAsync($"/openai/v1/files/{file}");
        using var cancelled = await other.PostAsync($"/openai/v1/batches/{batch}/cancel", null);
        using var cancelledToo = await other.PostAsync($"/anthropic/v1/messages/batches/{messages}/cancel", null);
        Assert.All([created, deleted, cancelled, cancelledToo], response => Assert.Equal(HttpStatusCode.NotFound, response.StatusCode));
        foreach (var path in new[] { "/openai/v1/files", "/openai/v1/batches", "/anthropic/v1/messages/batches" })
            Assert.Empty((await other.GetFromJsonAsync<JsonElement>(path)).GetProperty("data").EnumerateArray());
        Assert.Equal(calls + 6, proxy.Provider.CallCount);
    }

    [Theory]
    [InlineData("GET", "/openai/v1/files/a/b")]
    [InlineData("POST", "/openai/v1/files/a")]
    [InlineData("POST", "/openai/v1/uploads")]
    [InlineData("DELETE", "/openai/v1/batches/a")]
    [InlineData("POST", "/anthropic/v1/messages/batches/a/results")]
    [InlineData("POST", "/anthropic/v1/files")]
    public async Task Every_other_path_stays_refused(string method, string path)
    {
        await using var proxy = await StartAsync();
        using var client = proxy.Client(await proxy.CreateTenantAsync("acme"));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("unsupported_route", response.Headers.GetValues("X-BudgetProxy-Code").Single());
        Assert.Equal(0, proxy.Provider.CallCount);
    }
}
