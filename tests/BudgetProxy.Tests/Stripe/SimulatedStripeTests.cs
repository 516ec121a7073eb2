using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using BudgetProxy.Stripe;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Stripe;

/// <summary>The simulated Stripe against Stripe's rules: what passes here must pass there.</summary>
public sealed class SimulatedStripeTests : IAsyncLifetime
{
    private const string Events = "/v1/billing/meter_events";

    private readonly TestClock _clock = new();
    private SimulatedStripe _stripe = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        _stripe = await SimulatedStripe.StartAsync(_clock);
        _stripe.AddMeter("usage");
        _stripe.AddCustomer("cus_a");
        _http = new HttpClient { BaseAddress = new Uri(_stripe.Address) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _stripe.Key);
        _http.DefaultRequestHeaders.Add("Stripe-Version", StripeClient.ApiVersion);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _stripe.DisposeAsync();
    }

    [Theory]
    [InlineData("event_name=usage&payload[value]=1&payload[stripe_customer_id]=cus_a&identifier=i&colour=red", "Received unknown parameter: colour")]
    [InlineData("payload[value]=1&payload[stripe_customer_id]=cus_a", "event_name")]
    [InlineData("event_name=usage", "payload")]
    [InlineData("event_name=other&payload[value]=1&payload[stripe_customer_id]=cus_a", "No active meter found with this event name")]
    [InlineData("event_name=usage&payload[value]=1&payload[stripe_customer_id]=cus_x", "No such customer: 'cus_x'")]
    [InlineData("event_name=usage&payload[value]=1", "not found in payload")]
    [InlineData("event_name=usage&payload[stripe_customer_id]=cus_a", "not found in payload")]
    [InlineData("event_name=usage&payload[value]=1&payload[stripe_customer_id]=cus_a&payload[model]=x", "no dimension")]
    [InlineData("event_name=usage&payload[value]=1.5&payload[stripe_customer_id]=cus_a", "not a whole number")]
    [InlineData("event_name=usage&payload[value]=1e3&payload[stripe_customer_id]=cus_a", "not a whole number")]
    [InlineData("event_name=usage&payload[value]=%2B1&payload[stripe_customer_id]=cus_a", "not a whole number")]
    [InlineData("event_name=usage&payload[value]=1000000000000000&payload[stripe_customer_id]=cus_a", "too many digits")]
    [InlineData("event_name=usage&payload[value]=1&payload[stripe_customer_id]=cus_a&timestamp=soon", "Invalid integer")]
    [InlineData("event_name=usage&payload[value]=1&payload[stripe_customer_id]=cus_a&timestamp=1", "past 35 calendar days")]
    public async Task What_Stripe_refuses_is_refused(string form, string told)
    {
        var (status, body, _) = await PostAsync(form);
        Assert.Equal(400, status);
        Assert.Contains(told, body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(_stripe.Books.Events);
        Assert.Single(_stripe.Books.Refused);
    }

    [Fact]
    public async Task Lengths_have_their_ends()
    {
        Assert.Equal(200, (await PostAsync(Form(identifier: new string('i', 100), value: "999999999999999"))).Status);
        Assert.Equal(200, (await PostAsync(Form(identifier: "negative", value: "-999999999999999"))).Status);
        Assert.Equal(400, (await PostAsync(Form(identifier: new string('i', 101)))).Status);
        Assert.Equal(400, (await PostAsync($"event_name={new string('e', 101)}&payload[value]=1&payload[stripe_customer_id]=cus_a")).Status);
        Assert.Equal(200, (await PostAsync(Form("k255"), new string('k', 255))).Status);
        Assert.Equal(400, (await PostAsync(Form("k256"), new string('k', 256))).Status);
    }

    [Fact]
    public async Task Timestamps_go_from_35_days_back_to_5_minutes_ahead()
    {
        foreach (var (at, status) in new[]
        {
            (_clock.Now.AddDays(-35), 200), (_clock.Now.AddDays(-35).AddSeconds(-1), 400), (_clock.Now.AddMinutes(5), 200), (_clock.Now.AddMinutes(5).AddSeconds(1), 400),
        })
        {
            Assert.Equal((at, status), (at, (await PostAsync(Form($"i{at.ToUnixTimeSeconds()}") + $"&timestamp={at.ToUnixTimeSeconds()}")).Status));
        }
    }

    [Fact]
    public async Task An_identifier_is_unique_for_24_hours()
    {
        Assert.Equal(200, (await PostAsync(Form("i"))).Status);
        _clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        var (status, body, headers) = await PostAsync(Form("i"));
        Assert.Equal(400, status);
        Assert.StartsWith("An event already exists with identifier i", body.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(body.GetProperty("error").TryGetProperty("code", out _));
        Assert.Equal("false", headers["stripe-should-retry"]);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await PostAsync(Form("i"))).Status);
        Assert.Equal(2, _stripe.Books.Sum("cus_a", "usage"));
    }

    [Fact]
    public async Task Idempotency_replays_what_began_and_forgets_it_after_a_day()
    {
        Assert.Equal(200, (await PostAsync(Form("i"), "k")).Status);
        var replay = await PostAsync(Form("i"), "k");
        Assert.Equal((200, "true"), (replay.Status, replay.Headers["idempotent-replayed"]));
        Assert.Equal("i", replay.Body.GetProperty("identifier").GetString());
        var other = await PostAsync(Form("j"), "k");
        Assert.Equal((400, "idempotency_error"), (other.Status, other.Body.GetProperty("error").GetProperty("type").GetString()));
        // A stored 400 is replayed although its cause is gone; one that never began is not stored.
        var unknown = Form("c").Replace("cus_a", "cus_b", StringComparison.Ordinal);
        Assert.Equal(400, (await PostAsync(unknown, "k2")).Status);
        Assert.Equal(400, (await PostAsync(Form("c") + "&x=1", "k3")).Status);
        _stripe.AddCustomer("cus_b");
        var stored = await PostAsync(unknown, "k2");
        Assert.Equal((400, "true"), (stored.Status, stored.Headers["idempotent-replayed"]));
        Assert.Equal(200, (await PostAsync(Form("c"), "k3")).Status);
        _clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal(200, (await PostAsync(unknown, "k2")).Status);
    }

    [Fact]
    public async Task A_500_is_stored_before_and_after_the_commit()
    {
        _stripe.Faults.Add(StripeFault.ErrorBefore);
        _stripe.Faults.Add(StripeFault.ErrorAfter, call => call["identifier"] == "after");
        Assert.Equal(500, (await PostAsync(Form("before"), "k1")).Status);
        var replay = await PostAsync(Form("before"), "k1");
        Assert.Equal((500, "true", "false"), (replay.Status, replay.Headers["idempotent-replayed"], replay.Headers["stripe-should-retry"]));
        Assert.Equal(200, (await PostAsync(Form("before"), "k1b")).Status);
        Assert.Equal(500, (await PostAsync(Form("after"), "k2")).Status);
        Assert.Equal(500, (await PostAsync(Form("after"), "k2")).Status);
        Assert.Equal(400, (await PostAsync(Form("after"), "k2b")).Status);
        Assert.Equal(2, _stripe.Books.Sum("cus_a", "usage"));
    }

    [Theory]
    [InlineData(409)]
    [InlineData(429)]
    public async Task Of_a_customer_and_meter_one_goes_at_a_time(int status)
    {
        _stripe.StatusWhereLocked = status;
        _stripe.Faults.Hold = TimeSpan.FromMilliseconds(300);
        _stripe.AddCustomer("cus_b");
        var answers = await Task.WhenAll(PostAsync(Form("1"), "k1"), PostAsync(Form("2"), "k2"), PostAsync(Form("3").Replace("cus_a", "cus_b", StringComparison.Ordinal), "k3"));
        Assert.Equal([200, 200, status], answers.Select(answer => answer.Status).Order());
        var refused = answers.Single(answer => answer.Status == status);
        Assert.False(refused.Headers.ContainsKey("stripe-rate-limited-reason"));
        Assert.Equal((2, 1), (_stripe.Books.MostAtOnce("cus_a", "usage"), _stripe.Books.MostAtOnce("cus_b", "usage")));
        // And of a key, one.
        var twice = await Task.WhenAll(PostAsync(Form("4"), "k4"), PostAsync(Form("4"), "k4"));
        Assert.Equal([200, 409], twice.Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task Who_asks_the_wrong_way_is_refused_before_anything()
    {
        using var json = new StringContent("""{"event_name":"usage"}""", Encoding.UTF8, "application/json");
        using (var answer = await _http.PostAsync(Events, json))
            Assert.Equal(400, (int)answer.StatusCode);
        _http.DefaultRequestHeaders.Remove("Stripe-Version");
        Assert.Equal(400, (await PostAsync(Form("i"))).Status);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_other");
        Assert.Equal(401, (await PostAsync(Form("i"))).Status);
        Assert.Empty(_stripe.Books.Events);
    }

    [Fact]
    public async Task Summaries_are_aligned_paged_lag_behind_and_leave_out_what_was_thrown_away()
    {
        using var client = Client();
        var meter = _stripe.Meters.All[0];
        var day = new DateTimeOffset(_clock.Now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-10);
        for (var hour = 0; hour < 150; hour++)
            Assert.Equal(200, (await PostAsync(Form($"h{hour}", $"{hour + 1}") + $"&timestamp={day.AddHours(hour).AddMinutes(17).ToUnixTimeSeconds()}")).Status);
        _stripe.Lag = TimeSpan.FromMinutes(10);
        var (_, early) = await client.SummariesAsync(meter.Id, "cus_a", day, day.AddDays(7), SummaryWindow.Hour, default);
        Assert.Empty(early!);
        _clock.Advance(TimeSpan.FromMinutes(10));
        var (_, hours) = await client.SummariesAsync(meter.Id, "cus_a", day, day.AddDays(7), SummaryWindow.Hour, default);
        Assert.Equal(Enumerable.Range(1, 150).Select(value => (decimal)value), hours!.Select(hour => hour.Value));
        Assert.Equal((day.AddHours(3), day.AddHours(4)), (hours![3].From, hours[3].To));
        var (_, days) = await client.SummariesAsync(meter.Id, "cus_a", day, day.AddDays(7), SummaryWindow.Day, default);
        Assert.Equal(7, days!.Count);
        Assert.Equal(24 * 25 / 2, days[0].Value);
        var (_, all) = await client.SummariesAsync(meter.Id, "cus_a", day.AddMinutes(17), day.AddDays(7), SummaryWindow.None, default);
        Assert.Equal(150 * 151 / 2, Assert.Single(all!).Value);
        Assert.Equal(StripeOutcome.Refused, (await client.SummariesAsync(meter.Id, "cus_a", day.AddSeconds(1), day.AddDays(1), SummaryWindow.None, default)).Reply.Outcome);
        Assert.Equal(StripeOutcome.Refused, (await client.SummariesAsync(meter.Id, "cus_a", day.AddMinutes(1), day.AddDays(1), SummaryWindow.Hour, default)).Reply.Outcome);
        Assert.Equal(StripeOutcome.Refused, (await client.SummariesAsync(meter.Id, "cus_a", day.AddHours(1), day.AddDays(1), SummaryWindow.Day, default)).Reply.Outcome);
        Assert.Equal(StripeOutcome.NoCustomer, (await client.SummariesAsync(meter.Id, "cus_x", day, day.AddDays(1), SummaryWindow.Day, default)).Reply.Outcome);

        _stripe.Books.Events[0].RejectedFor = "meter_event_invalid_value";
        var (_, fewer) = await client.SummariesAsync(meter.Id, "cus_a", day, day.AddDays(1), SummaryWindow.None, default);
        Assert.Equal(299, Assert.Single(fewer!).Value);
        Assert.Equal(11_324, _stripe.Books.Sum("cus_a", "usage"));
    }

    [Fact]
    public async Task What_was_received_within_a_day_can_be_cancelled()
    {
        await PostAsync(Form("i", "7"));
        Assert.Equal(200, (await PostAsync("type=cancel&event_name=usage&cancel[identifier]=i", path: "/v1/billing/meter_event_adjustments")).Status);
        Assert.Equal(0, _stripe.Books.Sum("cus_a", "usage"));
        await PostAsync(Form("j", "7"));
        _clock.Advance(TimeSpan.FromHours(25));
        Assert.Equal(400, (await PostAsync("type=cancel&event_name=usage&cancel[identifier]=j", path: "/v1/billing/meter_event_adjustments")).Status);
    }

    [Fact]
    public async Task A_meter_of_a_window_keeps_the_last_event_of_each_and_one_that_is_off_takes_none()
    {
        using var client = Client();
        var meter = _stripe.Meters.Add("hourly", one => one with { EventTimeWindow = "hour" });
        await PostAsync(Form("a", "5").Replace("usage", "hourly", StringComparison.Ordinal));
        await PostAsync(Form("b", "3").Replace("usage", "hourly", StringComparison.Ordinal));
        var hour = new DateTimeOffset(_clock.Now.Ticks - (_clock.Now.Ticks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        var (_, sums) = await client.SummariesAsync(meter.Id, "cus_a", hour, hour.AddHours(1), SummaryWindow.Hour, default);
        Assert.Equal(3, Assert.Single(sums!).Value);
        Assert.Equal(200, (await PostAsync("", path: $"/v1/billing/meters/{meter.Id}/deactivate")).Status);
        Assert.Contains("No active meter", (await PostAsync(Form("c").Replace("usage", "hourly", StringComparison.Ordinal))).Body.ToString(), StringComparison.Ordinal);
        Assert.Equal([false, true], (await client.MetersAsync(default)).Value!.Select(one => one.IsActive));
    }

    [Fact]
    public async Task What_is_thrown_away_later_is_accepted_first_and_then_reported()
    {
        _stripe.CustomersCheckedLater = true;
        Assert.Equal(200, (await PostAsync(Form("x").Replace("cus_a", "cus_x", StringComparison.Ordinal))).Status);
        _stripe.Faults.Add(StripeFault.RejectLater);
        Assert.Equal(200, (await PostAsync(Form("y"))).Status);
        Assert.Equal((0, 0), (_stripe.Books.Sum("cus_x", "usage"), _stripe.Books.Sum("cus_a", "usage")));
        var id = Assert.Single(_stripe.Reports.ReportRejected());
        Assert.Empty(_stripe.Reports.ReportRejected());
        using var client = Client();
        var (_, report) = await client.ErrorReportAsync(id, default);
        Assert.Equal((2, _stripe.Meters.All[0].Id), (report!.Count!.Value, report.Meter));
        Assert.Equal(["x", "y"], report.Kinds.SelectMany(kind => kind.Samples).Select(sample => sample.Identifier).Order());
        Assert.Equal(["meter_event_customer_not_found", "meter_event_invalid_value"], report.Kinds.Select(kind => kind.Code).Order());
    }

    private static string Form(string identifier, string value = "1") =>
        $"event_name=usage&payload[value]={value}&payload[stripe_customer_id]=cus_a&identifier={identifier}";

    private StripeClient Client() => new(new StripeOptions { ApiKey = _stripe.Key, BaseUrl = new Uri(_stripe.Address) }, _clock);

    private async Task<(int Status, JsonElement Body, Dictionary<string, string> Headers)> PostAsync(string form, string? key = null, string path = Events)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await _http.SendAsync(request);
        return ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()),
            response.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.First(), StringComparer.Ordinal));
    }
}
