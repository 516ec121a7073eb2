using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Demo;

namespace BudgetProxy.Tests.Demo;

/// <summary>What no SDK shows: the very bytes, the faults, and the books.</summary>
public sealed class SimulatedProviderTests : IAsyncLifetime
{
    private const string StreamedChat = """{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"one two"}]}""";
    private const string Chat = """{"model":"gpt-4o","messages":[{"role":"user","content":"one two"}]}""";

    private readonly HttpClient _http = new();
    private SimulatedProvider _provider = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _provider = await SimulatedProvider.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Gives_no_usage_on_a_stream_that_did_not_ask_for_it()
    {
        var text = await PostTextAsync(StreamedChat);
        Assert.DoesNotContain("usage", text, StringComparison.Ordinal);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gives_null_usage_on_every_event_and_one_more_event_when_asked()
    {
        var json = StreamedChat.Replace("true,", """true,"stream_options":{"include_usage":true},""", StringComparison.Ordinal);
        var text = await PostTextAsync(json);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(line => line["data: ".Length..]).ToList();
        Assert.Equal(12 + 4, events.Count);
        Assert.All(events[..^2], json => Assert.Equal(JsonValueKind.Null, JsonElement.Parse(json).GetProperty("usage").ValueKind));
        var last = JsonElement.Parse(events[^2]);
        Assert.Equal(0, last.GetProperty("choices").GetArrayLength());
        Assert.Equal(12, last.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal("[DONE]", events[^1]);
    }

    [Fact]
    public async Task Refuses_stream_options_without_a_stream()
    {
        var json = Chat.Replace("{\"model\"", "{\"stream_options\":{\"include_usage\":true},\"model\"", StringComparison.Ordinal);
        using var answer = await PostAsync(json);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(default, _provider.Billed);
    }

    [Theory]
    [InlineData("\"n\":1000000,")]
    [InlineData("\"max_tokens\":-1,")]
    [InlineData("\"max_tokens\":4.5,")]
    [InlineData("\"max_tokens\":1e99,")]
    [InlineData("{")]
    public async Task Refuses_bodies_that_a_provider_refuses(string field)
    {
        using var answer = await PostAsync("{" + field + Chat[1..]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(default, _provider.Billed);
    }

    [Fact]
    public async Task Shows_the_account_behind_the_key()
    {
        using var answer = await PostAsync(Chat);
        foreach (var name in (string[])["openai-organization", "x-ratelimit-remaining-tokens", "set-cookie", "x-request-id"])
            Assert.True(answer.Headers.Contains(name), name);
    }

    [Fact]
    public async Task Answers_other_paths_with_404_and_books_them()
    {
        using var answer = await _http.PostAsync(new Uri(_provider.BaseUrl + "/v1/images/generations"), Json(Chat), Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("/v1/images/generations", Assert.Single(_provider.Calls).Path);
    }

    [Theory]
    [InlineData(SimulatedAbort.BeforeHeaders)]
    [InlineData(SimulatedAbort.AfterHeaders)]
    [InlineData(SimulatedAbort.InBody)]
    public async Task Breaks_the_connection_where_the_script_says(SimulatedAbort abort)
    {
        _provider.Script = _ => new SimulatedAnswer { Abort = abort };
        await Assert.ThrowsAnyAsync<Exception>(() => PostTextAsync(StreamedChat));
        await _provider.WhenIdleAsync(Cancel);
        var call = Assert.Single(_provider.Calls);
        Assert.Equal(SimulatedOutcome.ProviderAborted, call.Outcome);
        Assert.Equal(9, call.Billed.TotalInput);
    }

    [Fact]
    public async Task Answers_nothing_where_a_body_breaks_off()
    {
        var address = new Uri(_provider.BaseUrl);
        using var socket = new TcpClient();
        await socket.ConnectAsync(address.Host, address.Port, Cancel);
        var stream = socket.GetStream();
        // What follows the first piece is no length of a second one.
        var broken = $"POST /v1/chat/completions HTTP/1.1\r\nHost: {address.Authority}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{Chat[..5]}\r\n?\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(broken), Cancel);

        Assert.Equal(0, await ReadAsync(stream));
        await _provider.WhenIdleAsync(Cancel);
        Assert.Equal(SimulatedOutcome.ClientAborted, Assert.Single(_provider.Calls).Outcome);

        // A reset says as much as an end.
        static async Task<int> ReadAsync(NetworkStream stream)
        {
            try
            {
                return await stream.ReadAsync(new byte[100], Cancel);
            }
            catch (IOException)
            {
                return 0;
            }
        }
    }

    [Fact]
    public async Task Bills_what_was_shown_when_the_caller_hangs_up_on_an_endless_stream()
    {
        _provider.Script = _ => new SimulatedAnswer { Endless = true };
        using (var request = new HttpRequestMessage(HttpMethod.Post, _provider.BaseUrl + "/v1/chat/completions") { Content = Json(StreamedChat) })
        using (var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel))
        {
            var body = await answer.Content.ReadAsStreamAsync(Cancel);
            await body.ReadExactlyAsync(new byte[10_000], Cancel);
        }

        await _provider.WhenIdleAsync(Cancel);
        var call = Assert.Single(_provider.Calls);
        Assert.Equal(SimulatedOutcome.ClientAborted, call.Outcome);
        Assert.InRange(call.Billed.Output, 30, long.MaxValue);
    }

    [Fact]
    public async Task Hangs_until_the_caller_gives_up()
    {
        _provider.Script = _ => new SimulatedAnswer { Hang = true };
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = _http.PostAsync(new Uri(_provider.BaseUrl + "/v1/chat/completions"), Json(Chat), impatient.Token);
        while (_provider.Calls is not [{ Billed.TotalInput: > 0 }])
            await Task.Delay(5, Cancel);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await _provider.WhenIdleAsync(Cancel);
        Assert.Equal(SimulatedOutcome.ClientAborted, _provider.Calls[0].Outcome);
    }

    [Fact]
    public async Task Reports_what_the_script_says()
    {
        _provider.Script = call => call.Number == 1
            ? new SimulatedAnswer { Reported = Usage.Inclusive(5000, 0, 0, 0, 7000) }
            : new SimulatedAnswer { RawUsage = """{"prompt_tokens":-1,"completion_tokens":"many"}""" };
        Assert.Contains("\"prompt_tokens\":5000,\"completion_tokens\":7000", await PostTextAsync(Chat), StringComparison.Ordinal);
        Assert.Contains("\"completion_tokens\":\"many\"", await PostTextAsync(Chat), StringComparison.Ordinal);
        Assert.Equal(5009, _provider.Billed.TotalInput);
    }

    [Fact]
    public async Task Sends_errors_in_the_providers_shape()
    {
        var headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["retry-after"] = "2" };
        _provider.Script = _ => new SimulatedAnswer { Status = 429, Headers = headers };
        using var answer = await PostAsync(Chat);
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), answer.Headers.RetryAfter?.Delta);
        var error = await answer.Content.ReadFromJsonAsync<JsonElement>(Cancel);
        Assert.Equal("rate_limit_exceeded", error.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal(default, _provider.Billed);
    }

    [Fact]
    public async Task Compresses_when_told()
    {
        _provider.Script = _ => new SimulatedAnswer { Gzip = true };
        using var unzipping = new HttpClient(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.GZip });
        using var answer = await unzipping.PostAsync(new Uri(_provider.BaseUrl + "/v1/chat/completions"), Json(StreamedChat), Cancel);
        Assert.EndsWith("[DONE]\n\n", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Opens_its_books_and_takes_a_script_over_http()
    {
        var script = Json("""{"outputTokens":3,"abort":"none","chunkDelay":"00:00:00.001"}""");
        using var set = await _http.PutAsync(new Uri(_provider.BaseUrl + "/__script"), script, Cancel);
        set.EnsureSuccessStatusCode();
        await PostTextAsync(Chat);
        await _provider.WhenIdleAsync(Cancel);
        var books = await _http.GetFromJsonAsync<JsonElement>(new Uri(_provider.BaseUrl + "/__calls"), Cancel);
        Assert.Equal(1, books.GetProperty("count").GetInt32());
        Assert.Equal(3, books.GetProperty("billed").GetProperty("output").GetInt32());
        Assert.Equal("Completed", books.GetProperty("calls")[0].GetProperty("outcome").GetString());
        Assert.Equal(Encoding.UTF8.GetByteCount(Chat), books.GetProperty("calls")[0].GetProperty("bodyBytes").GetInt32());
    }

    private Task<HttpResponseMessage> PostAsync(string json) =>
        _http.PostAsync(new Uri(_provider.BaseUrl + "/v1/chat/completions"), Json(json), Cancel);

    private async Task<string> PostTextAsync(string json)
    {
        using var answer = await PostAsync(json);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");
}
