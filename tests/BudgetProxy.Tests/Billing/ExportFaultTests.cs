using BudgetProxy.Billing;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Billing;

/// <summary>Whatever Stripe does, or its network: nothing is lost, nothing is billed twice, and every bucket ends.</summary>
public sealed class ExportFaultTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(nameof(StripeFaultKind.DropBefore))]
    [InlineData(nameof(StripeFaultKind.DropReply))]
    [InlineData(nameof(StripeFaultKind.Conflict))]
    [InlineData(nameof(StripeFaultKind.RateLimited))]
    [InlineData(nameof(StripeFaultKind.LockTimeout))]
    [InlineData(nameof(StripeFaultKind.ErrorBefore))]
    [InlineData(nameof(StripeFaultKind.ErrorAfter))]
    [InlineData(nameof(StripeFaultKind.Unavailable))]
    [InlineData(nameof(StripeFaultKind.CutJson))]
    public async Task Each_fault_at_each_call_of_several_does_no_harm(string kind)
    {
        await using var scene = await SendScene.CreateAsync();
        for (var round = 1; round <= 7; round++)
        {
            scene.Stripe.Faults.Clear();
            // From one call on, more and more in a row.
            scene.Stripe.Faults.Add(new StripeFault(Enum.Parse<StripeFaultKind>(kind)), times: round);
            await scene.UseAllAsync(7_777 * round);
            await scene.RunToTheEndAsync();
            await scene.AssertBilledAsync();
        }

        Assert.Equal(21, scene.Stripe.Books.Events.Select(one => one.Identifier).Distinct().Count());
    }

    [Theory(Timeout = 120_000)]
    [InlineData(nameof(StripeFaultKind.SlowBefore))]
    [InlineData(nameof(StripeFaultKind.SlowReply))]
    public async Task What_is_carried_out_after_its_time_is_up_is_found_to_be_there(string kind)
    {
        await using var scene = await SendScene.CreateAsync();
        scene.Stripe.Faults.Add(new StripeFault(Enum.Parse<StripeFaultKind>(kind), TimeSpan.FromSeconds(2)), times: 3);
        await scene.UseAllAsync();
        await scene.RunAsync();
        Assert.Contains(await scene.BucketsAsync(), bucket => bucket.State == BucketState.Unknown);
        await Task.Delay(TimeSpan.FromSeconds(2.5));
        await scene.RunToTheEndAsync();
        await scene.AssertBilledAsync();
    }

    [Theory(Timeout = 240_000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Any_mixture_of_faults_does_no_harm(int seed)
    {
        await using var scene = await SendScene.CreateAsync();
        var random = new Random(seed);
        StripeFaultKind[] kinds =
        [
            StripeFaultKind.DropBefore, StripeFaultKind.DropReply, StripeFaultKind.Conflict, StripeFaultKind.RateLimited, StripeFaultKind.LockTimeout,
            StripeFaultKind.ErrorBefore, StripeFaultKind.ErrorAfter, StripeFaultKind.Unavailable, StripeFaultKind.CutJson,
        ];
        var gate = new Lock();
        scene.Stripe.Faults.Script = call =>
        {
            lock (gate)
                return call.IsMeterEvent && random.Next(2) == 0 ? new StripeFault(kinds[random.Next(kinds.Length)]) : null;
        };
        for (var round = 0; round < 40; round++)
        {
            if (round % 2 == 0)
                await scene.UseAllAsync(random.Next(5_000_000));
            await scene.RunAsync();
            scene.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 120)));
            if (random.Next(4) == 0)
                scene.Restart();
        }

        scene.Stripe.Faults.Clear();
        await scene.RunToTheEndAsync();
        await scene.AssertBilledAsync();
    }

    [Theory(Timeout = 240_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Three_days_without_stripe_cost_nothing_and_double_nothing(bool hadArrived)
    {
        await using var scene = await SendScene.CreateAsync();
        await scene.UseAllAsync();
        await scene.RunToTheEndAsync();
        await scene.UseAllAsync();
        // The last one before it went: carried out, or not.
        scene.Stripe.Faults.Add(hadArrived ? StripeFault.DropReply : StripeFault.DropBefore, times: 3);
        await scene.RunAsync();
        scene.Stripe.Faults.Clear();
        scene.Stripe.Faults.Away = true;
        var before = scene.Stripe.Books.Calls.Count;
        for (var hour = 0; hour < 72; hour++)
        {
            await scene.UseAllAsync(1_000_001 + hour);
            await scene.RunAsync();
            scene.Clock.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(before, scene.Stripe.Books.Calls.Count);
        // One at a time was tried, so no more are unknown than before it went, and one.
        Assert.InRange((await scene.BucketsAsync()).Count(bucket => bucket.State == BucketState.Unknown), 1, 4);
        scene.Stripe.Faults.Away = false;
        await scene.RunToTheEndAsync(120);
        await scene.AssertBilledAsync();
        // What is later than the grace is billed now, so that no invoice misses it.
        Assert.All(scene.Stripe.Books.Events, one => Assert.True(one.Timestamp <= one.ReceivedAt));
        Assert.Contains(scene.Stripe.Books.Events, one => one.ReceivedAt - one.Timestamp < TimeSpan.FromMinutes(1));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_fits_with_no_sum_of_stripes_is_left_to_a_person()
    {
        await using var scene = await SendScene.CreateAsync(tenants: 1);
        await scene.UseAsync("t0", 5_000_000);
        scene.Stripe.Faults.Add(StripeFault.DropReply);
        await scene.RunAsync();
        var bucket = Assert.Single(await scene.OpenAsync());
        // Somebody else writes to the same customer and minute.
        scene.Stripe.Books.Accept(new SimulatedMeterEvent(CutScene.Money, "cus_t0", 77, "another", bucket.Stamp!.Value, scene.Clock.Now));
        scene.Clock.Advance(TimeSpan.FromHours(21));
        await scene.RunAsync();
        var parked = Assert.Single(await scene.OpenAsync());
        Assert.Equal((BucketState.Parked, ParkCause.Drift), (parked.State, parked.Cause));
        Assert.Contains("5077", parked.Error);
        Assert.Single(scene.Stripe.Books.Events, one => one.Identifier == bucket.Identifier);
        // It goes no further by itself, and a retry looks again before anything else.
        scene.Clock.Advance(TimeSpan.FromDays(2));
        await scene.RunAsync();
        Assert.Equal(BucketState.Parked, Assert.Single(await scene.OpenAsync()).State);
        Assert.True(await scene.Store.RetryAsync(bucket.Id, default));
        await scene.RunAsync();
        Assert.Equal(ParkCause.Drift, Assert.Single(await scene.OpenAsync()).Cause);
        Assert.Single(scene.Stripe.Books.Events, one => one.Identifier == bucket.Identifier);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_refused_key_stops_all_counts_no_attempt_and_goes_on_once_it_is_mended()
    {
        await using var scene = await SendScene.CreateAsync();
        var key = scene.Stripe.Key;
        scene.Stripe.Key = "sk_test_another";
        await scene.UseAllAsync();
        for (var i = 0; i < 3; i++)
        {
            await scene.RunAsync();
            scene.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.All(await scene.BucketsAsync(), bucket => Assert.Equal((BucketState.Pending, 0, null), (bucket.State, bucket.Attempts, bucket.FirstAttemptAt)));
        Assert.Contains("API key", (await scene.Store.StateAsync(default)).Stopped!.Value.Text);
        Assert.Equal(3, scene.Stripe.Books.Calls.Count);
        scene.Stripe.Key = key;
        await scene.RunAsync();
        await scene.AssertBilledAsync();
        Assert.Null((await scene.Store.StateAsync(default)).Stopped);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_customer_that_is_made_later_holds_up_nobody_else()
    {
        await using var scene = await SendScene.CreateAsync();
        await scene.LinkAsync("late", "cus_late");
        await scene.UseAsync("late", 3_000_000);
        await scene.UseAllAsync();
        await scene.RunAsync();
        var parked = Assert.Single(await scene.OpenAsync());
        Assert.Equal(("late", BucketState.Parked, ParkCause.Customer), (parked.Tenant, parked.State, parked.Cause));
        await scene.UseAsync("late", 2_000_000);
        await scene.RunAsync();
        Assert.Equal(1, (await scene.OpenAsync()).Max(bucket => bucket.Attempts));
        scene.Stripe.AddCustomer("cus_late");
        scene.Clock.Advance(TimeSpan.FromMinutes(61));
        await scene.RunAsync();
        await scene.AssertBilledAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tenant_linked_to_another_customer_is_tried_at_once()
    {
        await using var scene = await SendScene.CreateAsync();
        await scene.LinkAsync("moved", "cus_typo");
        await scene.UseAsync("moved", 3_000_000);
        await scene.RunAsync();
        Assert.Equal(BucketState.Parked, Assert.Single(await scene.OpenAsync()).State);
        scene.Stripe.AddCustomer("cus_moved");
        await scene.LinkAsync("moved", "cus_moved");
        await scene.RunAsync();
        await scene.AssertBilledAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tenant_that_is_not_linked_waits_and_goes_out_once_it_is()
    {
        await using var scene = await SendScene.CreateAsync();
        await scene.LinkAsync("free", null);
        await scene.UseAsync("free", 3_000_000);
        await scene.UseAllAsync();
        await scene.RunAsync();
        var waiting = Assert.Single(await scene.OpenAsync());
        Assert.Equal(("free", BucketState.Pending, 0), (waiting.Tenant, waiting.State, waiting.Attempts));
        scene.Clock.Advance(TimeSpan.FromDays(40));
        scene.Stripe.AddCustomer("cus_free");
        await scene.LinkAsync("free", "cus_free");
        await scene.RunAsync();
        await scene.AssertBilledAsync();
        Assert.Equal(scene.Clock.Now, scene.Stripe.Books.Events.Single(one => one.Customer == "cus_free").Timestamp);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_meter_that_is_made_later_is_found()
    {
        await using var scene = await SendScene.CreateAsync();
        scene.Stripe.Meters.All[0].IsActive = false;
        await scene.UseAllAsync();
        await scene.RunAsync();
        Assert.All(await scene.OpenAsync(), bucket => Assert.Equal((BucketState.Parked, ParkCause.Meter), (bucket.State, bucket.Cause)));
        scene.Stripe.Meters.All[0].IsActive = true;
        await scene.RunToTheEndAsync(5);
        await scene.AssertBilledAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task A_clock_that_is_off_stops_all_until_it_is_right(int minutes)
    {
        await using var scene = await SendScene.CreateAsync();
        scene.Stripe.Skew = TimeSpan.FromMinutes(minutes);
        await scene.UseAllAsync();
        await scene.RunAsync();
        Assert.Single(scene.Stripe.Books.Calls);
        Assert.Contains("clock", (await scene.Store.StateAsync(default)).Stopped!.Value.Text);
        scene.Stripe.Skew = default;
        await scene.RunToTheEndAsync(5);
        await scene.AssertBilledAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_clock_that_was_put_right_is_seen_by_the_next_run_that_is_asked_for_also_where_nothing_is_left_to_send()
    {
        await using var scene = await SendScene.CreateAsync(tenants: 1);
        scene.Stripe.Skew = TimeSpan.FromMinutes(10);
        await scene.UseAsync("t0", 3_000_000);
        await scene.RunAsync();
        Assert.Empty(await scene.OpenAsync());
        await scene.Runs.RunAsync(scene.Lease, isAsked: true, default);
        Assert.Contains("clock", (await scene.Store.StateAsync(default)).Stopped!.Value.Text);
        scene.Stripe.Skew = default;
        await scene.Runs.RunAsync(scene.Lease, isAsked: true, default);
        Assert.Equal((null, null), ((await scene.Store.StateAsync(default)).Stopped, (await scene.Store.StateAsync(default)).Error));
        await scene.UseAsync("t0", 1_000_000);
        await scene.RunAsync();
        await scene.AssertBilledAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_exporters_that_race_bill_once_and_the_one_without_the_lease_writes_nothing()
    {
        await using var scene = await SendScene.CreateAsync();
        var (_, other) = scene.Exporter();
        for (var round = 0; round < 5; round++)
        {
            await scene.UseAllAsync(1_000_000 + round);
            // The first sends under a lease that the second takes from it meanwhile.
            scene.Stripe.Faults.Hold = TimeSpan.FromMilliseconds(100);
            var first = scene.RunAsync();
            await Task.Delay(20 * round);
            var second = other.RunAsync(await scene.TakeLeaseAsync(), isAsked: false, default);
            try
            {
                await first;
            }
            catch (LeaseLostException)
            {
                // What it had begun to write was refused.
            }

            await second;
        }

        scene.Stripe.Faults.Clear();
        await scene.RunToTheEndAsync();
        Assert.Equal(scene.Stripe.Books.Events.Count, scene.Stripe.Books.Events.Select(one => one.Identifier).Distinct().Count());
        await scene.AssertSumsAsync();
    }
}
