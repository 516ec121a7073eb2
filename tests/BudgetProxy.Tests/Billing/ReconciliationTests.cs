using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Billing;
using BudgetProxy.Core.Money;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using Microsoft.Extensions.DependencyInjection;
using static BudgetProxy.Tests.Billing.BillingScene;

namespace BudgetProxy.Tests.Billing;

/// <summary>Ledger, buckets and a simulated Stripe beside each other.</summary>
public sealed class ReconciliationTests
{
    private const string Path = "exports/stripe/reconciliation";

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_exported_agrees_and_what_stripe_has_otherwise_is_explained_by_its_bucket(bool isDistributed)
    {
        await using var stripe = await StripeAsync("cus_acme", "cus_beta");
        (string, string)[] settings = Settings(stripe);
        await using var redis = isDistributed ? await RedisServer.StartAsync() : null;
        if (redis is not null)
            settings = [.. settings, ("Redis", redis.ConnectionString), ("Postgres", await Databases.NewAsync())];
        await using var proxy = await TestProxy.StartAsync(settings);
        await UseAsync(proxy, "acme", 3);
        await UseAsync(proxy, "beta", 2);
        await proxy.CreateTenantAsync("unlinked");

        var agreed = await proxy.Admin.GetFromJsonAsync<JsonElement>(Path);
        Assert.Equal(["acme", "beta"], agreed.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("tenant").GetString()));
        foreach (var item in agreed.GetProperty("items").EnumerateArray())
        {
            Assert.Equal(8, item.GetProperty("days").GetArrayLength());
            var (tenant, totals) = (item.GetProperty("tenant").GetString()!, item.GetProperty("totals"));
            Assert.Equal(stripe.Books.Sum("cus_" + tenant, Meter), totals.GetProperty("stripeMicroUsd").GetInt64());
            Assert.Equal(totals.GetProperty("sentMicroUsd").GetInt64(), totals.GetProperty("stripeMicroUsd").GetInt64());
            Assert.Equal((0, 0), (totals.GetProperty("driftMicroUsd").GetInt64(), totals.GetProperty("driftingDays").GetInt32()));
            Assert.Equal(await ChargedAsync(proxy.Admin, tenant), Nanos(totals.GetProperty("ledgerUsd")));
            Assert.Equal(totals.GetProperty("ledgerUsd").GetString(), totals.GetProperty("billableUsd").GetString());
        }

        // One read of the meters and one of each customer; the page loaded again costs none.
        Assert.Equal(3, Reads(stripe));
        await proxy.Admin.GetFromJsonAsync<JsonElement>(Path);
        Assert.Equal(3, Reads(stripe));

        // What was sent since then is no difference.
        await UseAsync(proxy, "acme", 1);
        var later = (await proxy.Admin.GetFromJsonAsync<JsonElement>(Path)).GetProperty("items")[0].GetProperty("totals");
        Assert.Equal((stripe.Books.Sum("cus_acme", Meter), 0), (later.GetProperty("stripeMicroUsd").GetInt64(), later.GetProperty("driftMicroUsd").GetInt64()));
        Assert.Equal(4, Reads(stripe));

        // Counted twice at Stripe; and thrown away by it.
        var events = stripe.Books.Events;
        var doubled = events.First(one => one.Customer == "cus_acme");
        stripe.Books.Accept(doubled with { Identifier = "foreign" });
        var lost = events.First(one => one.Customer == "cus_beta");
        lost.RejectedFor = "meter_event_invalid_value";
        var day = proxy.Admin.GetFromJsonAsync<JsonElement>($"{Path}?from={TimeProvider.System.GetUtcNow():yyyy-MM-dd}");
        var items = (await day).GetProperty("items").EnumerateArray().ToList();
        CheckDrift(items[0], doubled.Value, doubled.Identifier);
        CheckDrift(items[1], -lost.Value, lost.Identifier);
        // Today's may only be late.
        Assert.Contains("budgetproxy_stripe_drift_micro_usd 0", await MetricsAsync(proxy));
    }

    [Fact(Timeout = 120_000)]
    public async Task Tenants_that_share_a_customer_are_compared_together_and_pages_follow_each_other()
    {
        await using var stripe = await StripeAsync("cus_shared", "cus_c");
        await using var proxy = await TestProxy.StartAsync(Settings(stripe));
        foreach (var (tenant, customer) in new[] { ("a", "cus_shared"), ("b", "cus_shared"), ("c", "cus_c") })
        {
            using var client = proxy.Client(await proxy.CreateTenantAsync(tenant, $$"""{"stripeCustomerId":"{{customer}}"}"""));
            await CallAsync(client);
        }

        await ExportAsync(proxy.Admin);
        foreach (var query in new[] { "?limit=1", "?tenant=a", "?tenant=b" })
        {
            var page = await proxy.Admin.GetFromJsonAsync<JsonElement>(Path + query);
            var item = Assert.Single(page.GetProperty("items").EnumerateArray());
            Assert.Equal(["a", "b"], item.GetProperty("tenants").EnumerateArray().Select(one => one.GetString()));
            Assert.Equal(stripe.Books.Sum("cus_shared", Meter), item.GetProperty("totals").GetProperty("sentMicroUsd").GetInt64());
            Assert.Equal(0, item.GetProperty("totals").GetProperty("driftMicroUsd").GetInt64());
            Assert.Equal(query == "?limit=1" ? "a" : null, page.GetProperty("next").GetString());
        }

        var last = await proxy.Admin.GetFromJsonAsync<JsonElement>(Path + "?limit=1&after=a");
        Assert.Equal("c", Assert.Single(last.GetProperty("items").EnumerateArray()).GetProperty("tenant").GetString());
        Assert.Equal(JsonValueKind.Null, last.GetProperty("next").ValueKind);
        Assert.Equal(0, (await proxy.Admin.GetFromJsonAsync<JsonElement>(Path + "?tenant=nobody")).GetProperty("items").GetArrayLength());
    }

    [Fact(Timeout = 120_000)]
    public async Task While_stripe_is_away_our_own_books_are_shown_with_what_is_wrong()
    {
        await using var stripe = await StripeAsync("cus_acme");
        await using var proxy = await TestProxy.StartAsync(Settings(stripe));
        await UseAsync(proxy, "acme", 2);
        stripe.Faults.Away = true;
        using (var away = await proxy.Admin.GetAsync(Path))
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "application/problem+json"), (away.StatusCode, away.Content.Headers.ContentType!.MediaType));
            var problem = await away.Content.ReadFromJsonAsync<JsonElement>();
            var known = Assert.Single(problem.GetProperty("known").GetProperty("items").EnumerateArray()).GetProperty("totals");
            Assert.Equal(stripe.Books.Sum("cus_acme", Meter), known.GetProperty("sentMicroUsd").GetInt64());
            Assert.Equal(JsonValueKind.Null, known.GetProperty("stripeMicroUsd").ValueKind);
            Assert.Equal(JsonValueKind.Null, known.GetProperty("driftMicroUsd").ValueKind);
            Assert.DoesNotContain(stripe.Key, problem.ToString(), StringComparison.Ordinal);
        }

        stripe.Faults.Away = false;
        Assert.Equal(0, (await proxy.Admin.GetFromJsonAsync<JsonElement>(Path)).GetProperty("totals").GetProperty("driftMicroUsd").GetInt64());
    }

    /// <summary>A restricted key may be allowed to send and not to read: who looks must not stop the export.</summary>
    [Fact(Timeout = 120_000)]
    public async Task A_key_that_may_not_read_sums_is_named_and_sends_on()
    {
        await using var stripe = await StripeAsync("cus_acme");
        await using var proxy = await TestProxy.StartAsync(Settings(stripe));
        using var client = proxy.Client(await TenantAsync(proxy, "acme"));
        await CallAsync(client);
        await ExportAsync(proxy.Admin);
        stripe.Forbids = true;
        using (var refused = await proxy.Admin.GetAsync(Path))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Contains("Stripe refuses the key (403)", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        stripe.Forbids = false;
        await CallAsync(client);
        await ExportAsync(proxy.Admin);
        await AssertBilledAsync(proxy.Admin, stripe, "acme");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_span_that_is_none_is_refused_with_what_is_right()
    {
        await using var stripe = await StripeAsync();
        await using var proxy = await TestProxy.StartAsync(Settings(stripe));
        var today = TimeProvider.System.GetUtcNow();
        foreach (var (query, said) in new[]
        {
            ("from=yesterday", "from: Must be an RFC 3339 instant or a date"), ("from=2026-01-01T05:00:00Z", "Must be a day in UTC"), ("from=2020-01-01", "no more than 36 days"),
            ($"from={today.AddDays(2):yyyy-MM-dd}&to={today.AddDays(3):yyyy-MM-dd}", "which is tomorrow in UTC"), ("from=2026-01-02&to=2026-01-02", "Must be later than 'from'"),
            ("limit=101", "from 1 to 100"), ("tenants=acme", "There is no such parameter"),
        })
        {
            using var answer = await proxy.Admin.GetAsync($"{Path}?{query}");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains(said, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        await using var off = await TestProxy.StartAsync();
        using var refused = await off.Admin.GetAsync(Path);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("BudgetProxy__Stripe__ApiKey", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>The day before is laid down as if it had been billed; the duty is asked as its own timer would.</summary>
    [Fact(Timeout = 120_000)]
    public async Task The_daily_duty_verifies_what_agrees_rings_once_for_what_does_not_and_reads_each_customer_once()
    {
        await using var stripe = await StripeAsync("cus_good", "cus_bad");
        await using var proxy = await TestProxy.StartAsync(Settings(stripe));
        foreach (var tenant in new[] { "good", "bad" })
            await TenantAsync(proxy, tenant);
        var stamp = new DateTimeOffset(TimeProvider.System.GetUtcNow().AddHours(-1.5).UtcDateTime.Date, TimeSpan.Zero).AddHours(-3);
        var good = await LayAsync(proxy, stripe, "good", stamp, 1_000);
        var bad = await LayAsync(proxy, stripe, "bad", stamp, 777);
        stripe.Books.Events.Single(one => one.Identifier == bad.Identifier).RejectedFor = "timestamp_too_far_in_past";

        var duty = proxy.Services.GetRequiredService<ReconciliationDuty>();
        stripe.Faults.Away = true;
        Assert.False(await duty.RunAsync(CancellationToken.None));
        stripe.Faults.Away = false;
        Assert.True(await duty.RunAsync(CancellationToken.None));
        var store = proxy.Services.GetRequiredService<IBillingStore>();
        Assert.Equal(BucketState.Verified, (await store.FindAsync(good.Id, CancellationToken.None))!.State);
        Assert.Equal(BucketState.Sent, (await store.FindAsync(bad.Id, CancellationToken.None))!.State);
        var alert = Assert.Single((await proxy.Admin.GetFromJsonAsync<JsonElement>("alerts?kind=billing.drift")).GetProperty("items").EnumerateArray());
        Assert.Equal("bad", alert.GetProperty("tenant").GetString());
        Assert.Contains(bad.Identifier, alert.ToString(), StringComparison.Ordinal);
        Assert.Contains("-777", alert.ToString(), StringComparison.Ordinal);
        Assert.Contains("budgetproxy_stripe_drift_micro_usd 777", await MetricsAsync(proxy));

        var reads = Reads(stripe);
        Assert.True(await duty.RunAsync(CancellationToken.None));
        Assert.Equal(reads, Reads(stripe));
    }

    private static async Task<Bucket> LayAsync(TestProxy proxy, SimulatedStripe stripe, string tenant, DateTimeOffset stamp, long value)
    {
        var desk = proxy.Services.GetRequiredService<BillingDesk>();
        await Poll.UntilAsync(() => Task.FromResult(desk.Leases.Current is not null), TimeSpan.FromSeconds(20), "the proxy exports");
        var hour = new DateTimeOffset(stamp.Year, stamp.Month, stamp.Day, stamp.Hour, 0, 0, TimeSpan.Zero);
        var bucket = new Bucket
        {
            Id = Guid.CreateVersion7(stamp), Tenant = tenant, Meter = Meter, Hour = hour, Number = 0, Amount = new NanoUsd(value * 1_000), Value = value, State = BucketState.Sent,
            Customer = "cus_" + tenant, Stamp = stamp, SentAt = stamp, CutAt = stamp,
        };
        var cut = new TenantCut(new CutBase(tenant, 0, null, []), bucket.Customer, [], [bucket], [new MeterTotal(tenant, Meter, bucket.Amount, value, 1)], []);
        Assert.Single(await proxy.Services.GetRequiredService<IAccrualStore>().CutAsync([cut], desk.Leases.Current!.Value, CancellationToken.None));
        stripe.Books.Accept(new SimulatedMeterEvent(Meter, bucket.Customer, value, bucket.Identifier, stamp, stripe.Clock.GetUtcNow()));
        return bucket;
    }

    private static void CheckDrift(JsonElement item, long drift, string identifier)
    {
        var day = Assert.Single(item.GetProperty("days").EnumerateArray());
        Assert.Equal(drift, day.GetProperty("driftMicroUsd").GetInt64());
        Assert.True(day.GetProperty("isRecent").GetBoolean());
        var hour = Assert.Single(day.GetProperty("hours").EnumerateArray());
        Assert.Equal(drift, hour.GetProperty("driftMicroUsd").GetInt64());
        var first = hour.GetProperty("buckets")[0];
        Assert.Equal((identifier, true), (first.GetProperty("identifier").GetString(), first.GetProperty("explains").GetBoolean()));
        Assert.Equal(drift, item.GetProperty("totals").GetProperty("driftMicroUsd").GetInt64());
    }

    private static async Task<SimulatedStripe> StripeAsync(params string[] customers)
    {
        var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        foreach (var customer in customers)
            stripe.AddCustomer(customer);
        return stripe;
    }

    private static async Task UseAsync(TestProxy proxy, string tenant, int calls)
    {
        using var client = proxy.Client(await TenantAsync(proxy, tenant));
        await CallAsync(client, calls);
        await ExportAsync(proxy.Admin);
    }

    private static async Task<string> MetricsAsync(TestProxy proxy)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(new Uri(proxy.BaseAddress, "/metrics"));
    }

    private static int Reads(SimulatedStripe stripe) => stripe.Books.Calls.Count(call => !call.IsPost);

    private static long Nanos(JsonElement usd) => (long)(decimal.Parse(usd.GetString()!, CultureInfo.InvariantCulture) * NanoUsd.PerUsd);
}
