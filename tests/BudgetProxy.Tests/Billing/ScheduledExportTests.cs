using BudgetProxy.Alerts;
using BudgetProxy.Billing;
using BudgetProxy.Embedded;
using BudgetProxy.Hosting;
using BudgetProxy.Insight;
using BudgetProxy.Storage;
using BudgetProxy.Stripe;
using BudgetProxy.Tests.Alerts;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Stripe.Simulated;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BudgetProxy.Tests.Billing;

/// <summary>What the export does by itself: a run each interval, an alert where it falls behind, and a bucket that Stripe can never take.</summary>
public sealed class ScheduledExportTests
{
    [Fact(Timeout = 120_000)]
    public async Task It_runs_once_each_interval_by_itself()
    {
        await using var scene = await SendScene.CreateAsync(tenants: 1);
        using var folder = new TempFolder();
        using var database = new EmbeddedDatabase(folder.Path);
        using var metrics = new ProxyMetrics(new RefusalTally(scene.Clock));
        using var raiser = new AlertRaiser(new SqliteAlertStore(database), new ProxyOptions(), new AlertMetrics(metrics), scene.Clock);
        var options = new StripeOptions { ApiKey = "sk_test_x", Interval = TimeSpan.FromMinutes(10) };
        var leases = new BillingLeases(scene.Store, new ProxyOptions(), scene.Clock);
        // The scene's own lease is as good as run out.
        await scene.Store.ReleaseLeaseAsync(scene.Lease, default);
        using var desk = new BillingDesk(scene.Store, leases, options, scene.Clock);
        var watch = new BillingWatch(desk, scene.Directory, new BillingMetrics(metrics), new AlertParties(new AlertBodies(scene.Clock), raiser), scene.Clock);
        using var keeper = new BillingKeeper(desk, scene.Runs, watch, scene.Clock, NullLogger<BillingKeeper>.Instance);
        await scene.UseAsync("t0", 1_000_000);
        await keeper.StartAsync(default);
        await RanAsync(1);
        for (var run = 2; run <= 4; run++)
        {
            await scene.UseAsync("t0", 1_000_000 * run);
            // Looked at meanwhile, and not run: the interval is not over.
            scene.Clock.Advance(TimeSpan.FromMinutes(9));
            desk.Wake();
            desk.Wake();
            await Task.Delay(TimeSpan.FromSeconds(1.5));
            Assert.Equal(run - 1, scene.Stripe.Books.Events.Count);
            scene.Clock.Advance(TimeSpan.FromMinutes(1));
            await RanAsync(run);
        }

        await keeper.StopAsync(default);
        await scene.AssertBilledAsync();

        async Task RanAsync(int runs)
        {
            await Poll.UntilAsync(
                async () => scene.Stripe.Books.Events.Count == runs && (await scene.Store.StateAsync(default)).LastRunAt == scene.Clock.Now, TimeSpan.FromSeconds(60), $"run {runs}");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_not_sent_for_six_hours_rings()
    {
        await using var stripe = await SimulatedStripe.StartAsync();
        stripe.AddMeter(BillingScene.Meter);
        stripe.AddCustomer("cus_acme");
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var proxy = await TestProxy.StartAsync(BillingScene.Settings(stripe));
        await AlertScene.PutWebhookAsync(proxy.Admin, "ops", receiver.Url, ""","events":["billing.behind"]""");
        using var client = proxy.Client(await BillingScene.TenantAsync(proxy, "acme"));
        using var unlinked = proxy.Client(await proxy.CreateTenantAsync("free"));
        await BillingScene.CallAsync(client);
        await BillingScene.CallAsync(unlinked);
        stripe.Faults.Away = true;
        await BillingScene.ExportAsync(proxy.Admin);
        Assert.Equal(2, (await BillingScene.BucketsAsync(proxy.Admin)).Count(bucket => bucket.GetProperty("state").GetString() is "pending" or "unknown"));
        Assert.Empty(receiver.Received);
        // Only the time that has passed is laid down.
        using (var connection = proxy.Services.GetRequiredService<EmbeddedDatabase>().OpenConnection())
            connection.Run("UPDATE billing_buckets SET cut_at = cut_at - $time", ("$time", (long)TimeSpan.FromHours(6.1).TotalMilliseconds));
        var rung = Assert.Single(await receiver.WaitAsync(1));
        Assert.Equal("billing.behind", rung.Type);
        // The tenant that is linked to nobody is not behind: it waits for that.
        Assert.Equal(1, rung.Data.GetProperty("buckets").GetInt64());
        Assert.Equal(await BillingScene.ChargedAsync(proxy.Admin, "acme"), (long)(decimal.Parse(rung.Data.GetProperty("usd").GetString()!) * 1_000_000_000));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_value_of_more_digits_than_stripe_takes_is_dead_holds_up_nothing_and_can_be_given_up()
    {
        await using var scene = await SendScene.CreateAsync(tenants: 1);
        // A thousand million dollars in one hour: 16 digits of micro-dollars.
        await scene.UseAsync("t0", 1_000_000_000_000_000_000);
        await scene.RunAsync();
        var dead = Assert.Single(await scene.BucketsAsync());
        Assert.Equal((BucketState.Dead, null, (DateTimeOffset?)null), (dead.State, dead.Cause, dead.FirstAttemptAt));
        Assert.Contains("too many digits", dead.Error, StringComparison.Ordinal);
        scene.Clock.Advance(TimeSpan.FromHours(1));
        await scene.UseAsync("t0", 5_000_000);
        await scene.RunAsync();
        Assert.Equal(5_000, scene.Stripe.Books.Sum("cus_t0", CutScene.Money));
        var asked = scene.Stripe.Books.Calls.Count;
        await scene.Runs.RunAsync(scene.Lease, isAsked: true, default);
        Assert.Equal(asked, scene.Stripe.Books.Calls.Count);
        var given = Assert.Single(await scene.Store.WriteOffAsync("t0", default));
        Assert.Equal((BucketState.Dead, 1L, 1_000_000_000_000_000L), (given.State, given.Buckets, given.Value));
        Assert.Equal(BucketState.WrittenOff, (await scene.Store.FindAsync(dead.Id, default))!.State);
        Assert.False(await scene.Store.RetryAsync(dead.Id, default));
    }
}
