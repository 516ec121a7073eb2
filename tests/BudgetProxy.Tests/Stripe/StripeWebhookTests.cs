using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BudgetProxy.Embedded;
using BudgetProxy.Stripe;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using Microsoft.Extensions.DependencyInjection;

namespace BudgetProxy.Tests.Stripe;

/// <summary>The webhook of a running proxy, as Stripe and as an attacker see it.</summary>
public sealed class StripeWebhookTests : IAsyncLifetime
{
    private const string Secret = "whsec_current";

    private SimulatedStripe _stripe = null!;
    private TestProxy _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await SimulatedStripe.StartAsync();
        _proxy = await StartAsync(("Stripe:WebhookSecret", $"{Secret},whsec_next"));
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _stripe.DisposeAsync();
    }

    [Fact]
    public async Task What_Stripe_threw_away_is_asked_for_and_listed_with_its_bucket()
    {
        var bucket = Guid.CreateVersion7();
        SomeBuckets.Add(_proxy.Services.GetRequiredService<EmbeddedDatabase>(), bucket, "acme");
        var id = _stripe.Reports.Report(
            _stripe.AddMeter("budgetproxy_micro_usd"), ("meter_event_customer_not_found", 1, [$"bp1:{bucket:N}"]), ("meter_event_invalid_value", 4, ["foreign"]));
        Assert.Equal(200, (await SendAsync(id)).Status);
        var rejects = await RejectsAsync(3);
        var ours = Assert.Single(rejects, one => one.GetProperty("bucket").ValueKind == JsonValueKind.String);
        // It is under a new id, so that a retry is not taken for what was thrown away.
        Assert.Equal(($"bp1:{bucket:N}", Text(ours, "id")), (Text(ours, "identifier"), $"rej_{ours.GetProperty("bucket").GetGuid():N}"));
        Assert.Equal(("meter_event_customer_not_found", 1, id), (Text(ours, "code"), ours.GetProperty("count").GetInt64(), Text(ours, "event")));
        Assert.Equal(("acme", "Thrown away for meter_event_customer_not_found."), (Text(ours, "tenant"), Text(ours, "message")));
        Assert.Single(JsonElement.Parse(await _proxy.Admin.GetStringAsync("exports/stripe/rejects?tenant=acme")).GetProperty("items").EnumerateArray());
        var foreign = Assert.Single(rejects, one => Text(one, "identifier") == "foreign");
        Assert.Equal(1, foreign.GetProperty("count").GetInt64());
        // Three are not named: the meter and the time say where to look.
        var rest = Assert.Single(rejects, one => one.GetProperty("identifier").ValueKind == JsonValueKind.Null);
        Assert.Equal((3, "mtr_test_sim1", "meter_event_invalid_value"), (rest.GetProperty("count").GetInt64(), Text(rest, "meter"), Text(rest, "code")));
        Assert.True(rest.GetProperty("from").GetDateTimeOffset() < rest.GetProperty("to").GetDateTimeOffset());
        // The same event again, and again signed: it is kept once, and asked for once.
        Assert.Equal((200, "Kept before.\n"), await SendAsync(id));
        Assert.Equal(3, (await RejectsAsync(3)).Count);
        Assert.Single(_stripe.Books.Calls, call => call.Path.StartsWith("/v2/core/events/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Events_where_no_meter_was_found_are_listed_too_and_others_are_not_asked_for()
    {
        var id = _stripe.Reports.Report(null, ("no_meter", 2, ["bp1:x", "bp1:y"]));
        Assert.Equal(200, (await SendAsync(id)).Status);
        Assert.All(await RejectsAsync(2), one => Assert.Equal("no_meter", Text(one, "code")));
        const string Other = """{"id":"evt_other","object":"event","type":"invoice.created"}""";
        Assert.Equal((200, "Not needed.\n"), await PostAsync(Other, Sign(Other)));
    }

    [Fact]
    public async Task Both_secrets_are_taken_while_one_replaces_the_other_and_any_of_the_signatures()
    {
        var id = _stripe.Reports.Report(null, ("no_meter", 1, ["bp1:x"]));
        var body = _stripe.Reports.ThinBody(id);
        Assert.Equal(200, (await PostAsync(body, SimulatedReports.SignatureOf(body, Now, "whsec_next"))).Status);
        Assert.Equal(200, (await PostAsync(body, SimulatedReports.SignatureOf(body, Now, "whsec_unknown", Secret))).Status);
        Assert.Equal(400, (await PostAsync(body, SimulatedReports.SignatureOf(body, Now, "whsec_unknown"))).Status);
    }

    [Fact]
    public async Task What_is_not_signed_as_it_came_or_too_old_is_refused_and_nothing_is_asked_for()
    {
        var id = _stripe.Reports.Report(null, ("no_meter", 1, ["bp1:x"]));
        Assert.Equal(400, (await _stripe.Reports.SendAsync(_proxy.BaseAddress, Secret, id, tamper: body => body.Replace("evt_", "evx_", StringComparison.Ordinal))).Status);
        Assert.Equal(400, (await _stripe.Reports.SendAsync(_proxy.BaseAddress, Secret, id, tamper: body => body + " ")).Status);
        Assert.Equal(400, (await _stripe.Reports.SendAsync(_proxy.BaseAddress, Secret, id, late: TimeSpan.FromSeconds(330))).Status);
        Assert.Equal(400, (await _stripe.Reports.SendAsync(_proxy.BaseAddress, Secret, id, late: TimeSpan.FromSeconds(-330))).Status);
        Assert.Equal(400, (await _stripe.Reports.SendAsync(_proxy.BaseAddress, "whsec_guess", id)).Status);
        var body = _stripe.Reports.ThinBody(id);
        Assert.Equal(400, (await PostAsync(body, null)).Status);
        Assert.Equal(400, (await PostAsync(body, "")).Status);
        Assert.Equal(400, (await PostAsync(body, "t=1,v1=")).Status);
        Assert.Empty(_stripe.Books.Calls);
        Assert.Empty(await RejectsAsync(0));
    }

    [Fact]
    public async Task What_is_signed_and_no_event_is_refused()
    {
        foreach (var body in new[] { "", "[]", "null", "{}", "{\"id\":\"evt_1\"}", "{\"id\":1,\"type\":\"x\"}", "{\"id\":\"evt_1\",\"type\":\"x\"", "{\"id\":\"evt 1\",\"type\":\"x\"}", "{\"id\":\"\\ud800\",\"type\":\"x\"}" })
            Assert.Equal((body, 400), (body, (await PostAsync(body, Sign(body))).Status));
        var long256 = $$"""{"id":"{{new string('x', 256)}}","type":"x"}""";
        Assert.Equal(400, (await PostAsync(long256, Sign(long256))).Status);
    }

    [Fact]
    public async Task A_body_that_is_no_utf8_is_refused_though_it_is_signed()
    {
        byte[] body = [.. "{\"id\":\"evt_"u8, 0xff, .. "\",\"type\":\"v1.billing.meter.no_meter_found\"}"u8];
        var timestamp = $"{Now.ToUnixTimeSeconds()}";
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_proxy.BaseAddress, "/webhooks/stripe")) { Content = new ByteArrayContent(body) };
        request.Headers.Add(StripeSignature.Header, $"t={timestamp},v1={Encoding.ASCII.GetString(StripeSignature.Compute(Secret, timestamp, body))}");
        using var response = await client.SendAsync(request);
        Assert.Equal(400, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_huge_body_is_refused_before_it_is_read_whole()
    {
        var body = $$"""{"id":"evt_1","type":"x","padding":"{{new string('x', 257 * 1024)}}"}""";
        Assert.Equal(413, (await PostAsync(body, Sign(body))).Status);
        // Without a length: in chunks, without an end.
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(_proxy.BaseAddress.Host, _proxy.BaseAddress.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nStripe-Signature: t=1,v1=0\r\nTransfer-Encoding: chunked\r\n\r\n"));
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string('x', 0x10000)}\r\n");
        try
        {
            for (var i = 0; i < 6; i++)
                await stream.WriteAsync(chunk);
        }
        catch (IOException)
        {
            // It need not wait for the end.
        }

        using var reader = new StreamReader(stream);
        Assert.Contains("413", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    /// <summary>It must end; when, is the server's: it waits some seconds.</summary>
    [Fact]
    public async Task A_body_that_does_not_come_is_not_waited_for()
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(_proxy.BaseAddress.Host, _proxy.BaseAddress.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync("POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nStripe-Signature: t=1,v1=0\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());
        using var reader = new StreamReader(stream);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Assert.Contains("408", await reader.ReadLineAsync(limit.Token), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_that_can_not_be_had_yet_is_asked_for_again_and_one_that_never_can_is_listed_as_such()
    {
        var clock = new TestClock(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        using var folder = new TempFolder();
        using var database = new EmbeddedDatabase(folder.Path);
        var store = new SqliteStripeEventStore(database);
        using var client = new StripeClient(new StripeOptions { ApiKey = _stripe.Key, BaseUrl = new Uri(_stripe.Address) }, clock);
        using var keeper = new StripeEventKeeper(
            client, store, _proxy.Services.GetRequiredService<StripeMetrics>(), clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<StripeEventKeeper>.Instance);
        var known = _stripe.Reports.Report(null, ("no_meter", 1, ["bp1:x"]));
        await store.AddAsync(new StripeNotice(known, "v1.billing.meter.no_meter_found", null, clock.Now, clock.Now), default);
        await store.AddAsync(new StripeNotice("evt_gone", "v1.billing.meter.no_meter_found", "mtr_9", clock.Now, clock.Now), default);
        await _stripe.GoAwayAsync();
        await keeper.RoundAsync(default);
        Assert.Empty(await store.RejectsAsync(new RejectQuery(null, null, null, null, 10), default));
        await _stripe.ComeBackAsync();
        // Half a minute must pass first.
        await keeper.RoundAsync(default);
        Assert.Empty(_stripe.Books.Calls);
        clock.Advance(TimeSpan.FromSeconds(30));
        await keeper.RoundAsync(default);
        Assert.Equal("no_meter", Assert.Single(await store.RejectsAsync(new RejectQuery(null, null, null, null, 10), default)).Code);
        for (var i = 0; i < 6; i++)
        {
            clock.Advance(TimeSpan.FromHours(1));
            await keeper.RoundAsync(default);
        }

        var gone = (await store.RejectsAsync(new RejectQuery(null, "mtr_9", null, null, 10), default)).Single();
        Assert.Equal((StripeReject.ReportUnreadable, (long?)null), (gone.Code, gone.Count));
        Assert.Contains("Event not found", gone.Message, StringComparison.Ordinal);
        var asked = _stripe.Books.Calls.Count;
        clock.Advance(TimeSpan.FromDays(1));
        await keeper.RoundAsync(default);
        Assert.Equal(asked, _stripe.Books.Calls.Count);
    }

    [Fact]
    public async Task Without_a_secret_there_is_no_webhook()
    {
        await using var proxy = await StartAsync();
        var (status, _) = await SimulatedReports.PostAsync(proxy.BaseAddress, "{}", Sign("{}"));
        Assert.Equal(404, status);
        using var client = new HttpClient();
        using var get = await client.GetAsync(new Uri(_proxy.BaseAddress, "/webhooks/stripe"));
        Assert.Equal(404, (int)get.StatusCode);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static string Sign(string body) => SimulatedReports.SignatureOf(body, Now, Secret);

    private static string? Text(JsonElement one, string name) => one.GetProperty(name).GetString();

    private Task<TestProxy> StartAsync(params (string, string)[] more) =>
        TestProxy.StartAsync([("Stripe:ApiKey", _stripe.Key), ("Stripe:BaseUrl", _stripe.Address), .. more]);

    private Task<(int Status, string Body)> SendAsync(string eventId) => _stripe.Reports.SendAsync(_proxy.BaseAddress, Secret, eventId);

    private Task<(int Status, string Body)> PostAsync(string body, string? signature) => SimulatedReports.PostAsync(_proxy.BaseAddress, body, signature);

    private async Task<List<JsonElement>> RejectsAsync(int count)
    {
        List<JsonElement> found = [];
        await Poll.UntilAsync(
            async () =>
            {
                found = [.. JsonElement.Parse(await _proxy.Admin.GetStringAsync("exports/stripe/rejects")).GetProperty("items").EnumerateArray()];
                return found.Count >= count;
            },
            TimeSpan.FromSeconds(30), "the rejects are listed");
        return found;
    }
}
