using System.Net.Http.Json;
using System.Text.Json;
using BudgetProxy.Audit;
using BudgetProxy.Billing;
using BudgetProxy.Core.Money;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using Microsoft.Extensions.DependencyInjection;
using static BudgetProxy.Tests.Billing.BillingScene;

namespace BudgetProxy.Tests.Billing;

/// <summary>The daily comparison where there are more customers than a page has: each is read once, and none that fails spoils the others.</summary>
public sealed class ManyCustomersTests
{
    private const int Many = 450;

    [Fact(Timeout = 180_000)]
    public async Task A_customer_with_which_stripe_fails_spoils_no_other_and_is_tried_again()
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        await using var proxy = await TestProxy.StartAsync(Settings(stripe));
        var buckets = await LayAsync(proxy, stripe, Many);
        var failing = buckets[7];
        stripe.Faults.Script = call => call.Path.EndsWith("/event_summaries", StringComparison.Ordinal) && call["customer"] == failing.Customer ? new StripeFault(StripeFaultKind.Unavailable) : null;

        var duty = proxy.Services.GetRequiredService<ReconciliationDuty>();
        Assert.False(await duty.RunAsync(CancellationToken.None));
        Assert.Equal([failing.Tenant], await NotVerifiedAsync(proxy));
        // The meters, each customer, and the failing one once more.
        Assert.Equal(1 + Many + 1, Reads(stripe));

        var day = failing.Hour.ToString("yyyy-MM-dd");
        var page = await proxy.Admin.GetFromJsonAsync<JsonElement>($"exports/stripe/reconciliation?limit=20&from={day}");
        var items = page.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(20, items.Count);
        foreach (var item in items)
        {
            var fails = item.GetProperty("tenant").GetString() == failing.Tenant;
            Assert.Equal(fails, item.GetProperty("problem").ValueKind == JsonValueKind.String);
            Assert.Equal(fails, item.GetProperty("totals").GetProperty("stripeMicroUsd").ValueKind == JsonValueKind.Null);
        }

        var before = Reads(stripe);
        stripe.Faults.Clear();
        Assert.True(await duty.RunAsync(CancellationToken.None));
        Assert.Empty(await NotVerifiedAsync(proxy));
        Assert.Equal(before + 1, Reads(stripe));
        Assert.True(await duty.RunAsync(CancellationToken.None));
        Assert.Equal(before + 1, Reads(stripe));
    }

    [Fact(Timeout = 180_000)]
    public async Task What_was_read_before_stripe_went_away_is_not_read_again()
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(Meter);
        await using var proxy = await TestProxy.StartAsync(Settings(stripe));
        await LayAsync(proxy, stripe, Many);
        var duty = proxy.Services.GetRequiredService<ReconciliationDuty>();
        stripe.Faults.Script = _ =>
        {
            stripe.Faults.Away = Reads(stripe) > 300;
            return null;
        };
        Assert.False(await duty.RunAsync(CancellationToken.None));
        Assert.NotEmpty(await NotVerifiedAsync(proxy));
        stripe.Faults.Clear();
        Assert.True(await duty.RunAsync(CancellationToken.None));
        Assert.Empty(await NotVerifiedAsync(proxy));
        // Only those that were under way are asked for twice.
        Assert.InRange(Reads(stripe), 1 + Many, 1 + Many + 16);
    }

    /// <summary>A bucket of the day before for each of so many tenants, as if it had been sent.</summary>
    private static async Task<List<Bucket>> LayAsync(TestProxy proxy, SimulatedStripe stripe, int count)
    {
        var desk = proxy.Services.GetRequiredService<BillingDesk>();
        await Poll.UntilAsync(() => desk.Leases.Current is not null, TimeSpan.FromSeconds(20), "the proxy exports");
        var stamp = new DateTimeOffset(TimeProvider.System.GetUtcNow().AddHours(-1.5).UtcDateTime.Date, TimeSpan.Zero).AddHours(-3);
        var buckets = Enumerable.Range(0, count).Select(i => new Bucket
        {
            Id = Guid.CreateVersion7(stamp), Tenant = $"t{i:00000}", Meter = Meter, Hour = stamp, Number = 0, Amount = new NanoUsd((i + 1) * 1_000), Value = i + 1, State = BucketState.Sent,
            Customer = $"cus_t{i:00000}", Stamp = stamp, SentAt = stamp, CutAt = stamp,
        }).ToList();
        foreach (var bucket in buckets)
        {
            stripe.AddCustomer(bucket.Customer!);
            await proxy.Services.GetRequiredService<TenantDirectory>().PutTenantAsync(new Tenant { Id = bucket.Tenant, StripeCustomerId = bucket.Customer }, new Edit(AuditActor.Proxy), CancellationToken.None);
        }

        foreach (var part in buckets.Chunk(100))
        {
            await proxy.Services.GetRequiredService<IAccrualStore>().CutAsync(
                [.. part.Select(one => new TenantCut(new CutBase(one.Tenant, 0, null, []), one.Customer, [], [one], [new MeterTotal(one.Tenant, Meter, one.Amount, one.Value, 1)], []))],
                desk.Leases.Current!.Value, CancellationToken.None);
        }

        foreach (var bucket in buckets)
            stripe.Books.Accept(new SimulatedMeterEvent(Meter, bucket.Customer!, bucket.Value, bucket.Identifier, stamp, stripe.Clock.GetUtcNow()));
        return buckets;
    }

    private static async Task<List<string>> NotVerifiedAsync(TestProxy proxy)
    {
        var tenants = new List<string>();
        await foreach (var bucket in proxy.Services.GetRequiredService<IBillingStore>().BucketsAsync(new BucketFilter(State: BucketState.Sent), CancellationToken.None))
            tenants.Add(bucket.Tenant);
        return tenants;
    }

    private static int Reads(SimulatedStripe stripe) => stripe.Books.Calls.Count(call => !call.IsPost);
}
