using BudgetProxy.Billing;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Tests.Billing;

/// <summary>Whatever comes when, and however it is cut: the buckets are what the entries are.</summary>
public sealed class CutProperties
{
    private static readonly DateTimeOffset Start = new(2026, 3, 30, 20, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Values_are_the_floor_of_the_exact_sum_however_it_is_sliced() => Prop.ForAll(
        Gen.Choose(-3_000, 3_000).Select(amount => (long)amount).ListOf().ToArbitrary(),
        slices =>
        {
            long exact = 0, values = 0;
            foreach (var slice in slices)
            {
                values += RunningFloor.Value(exact, slice);
                exact += slice;
                Assert.Equal((long)Math.Floor(exact / 1000m), values);
                Assert.InRange(exact - (values * 1000), 0, 999);
            }
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(long.MaxValue - 5)]
    [InlineData(long.MinValue + 5)]
    public void What_has_no_room_is_refused_and_not_wrapped(long before)
    {
        Assert.Throws<OverflowException>(() => RunningFloor.Value(before, before > 0 ? 6 : -7));
        Assert.Equal(0, RunningFloor.Value(before, 0));
    }

    [Fact]
    public async Task Every_cut_of_an_embedded_ledger_bills_what_a_naive_walk_bills()
    {
        await using var scene = await CutScene.CreateAsync(new SqliteBillingFactory());
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => RunAsync(scene, seed, canBeLate: false).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Fact]
    public async Task Every_cut_of_a_shared_ledger_bills_what_a_naive_walk_bills_also_where_entries_come_late()
    {
        await using var scene = await CutScene.CreateAsync(await PostgresBillingFactory.CreateAsync());
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed => RunAsync(scene, seed, canBeLate: true).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_correction_follows_its_entry_also_where_billing_is_made_to_begin_earlier(bool isShared)
    {
        await using var scene = await CutScene.CreateAsync(isShared ? await PostgresBillingFactory.CreateAsync() : new SqliteBillingFactory());
        var cutter = scene.Cutter([new BillingMeter(CutScene.Money, BilledUnit.Charged)]);
        var now = scene.Now;
        await scene.PutAsync("a", null, isPrepaid: false);
        await scene.Factory.Buckets.StartAsync(now, now, default);
        var first = CutScene.Entry("a", now.AddMinutes(-30), (5_000_000, 1, 1));
        await scene.Factory.BookAsync([first, CutScene.Entry("a", now.AddMinutes(10), (-4_900_000, 0, 0), first.Id)], now);
        await cutter.CutAsync(scene.Lease, now, now.AddMinutes(20), default);
        Assert.Equal(0, await AmountAsync());

        await scene.Factory.Buckets.StartAsync(now.AddHours(-1), now, default);
        await cutter.CutAsync(scene.Lease, now.AddHours(-1), now.AddMinutes(20), default);
        Assert.Equal(100_000, await AmountAsync());

        async Task<long> AmountAsync()
        {
            var amount = 0L;
            await foreach (var bucket in scene.Factory.Buckets.BucketsAsync(new BucketFilter(), default))
                amount += bucket.Amount.Value;
            return amount;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_paid_before_is_not_billed_whatever_the_plan_is_at_the_cut_nor_is_its_correction(bool isShared)
    {
        await using var scene = await CutScene.CreateAsync(isShared ? await PostgresBillingFactory.CreateAsync() : new SqliteBillingFactory());
        var cutter = scene.Cutter([new BillingMeter(CutScene.Money, BilledUnit.Charged)]);
        var now = scene.Now;
        await scene.PutAsync("a", null, isPrepaid: false);
        var paid = CutScene.Entry("a", now, (5_000, 1, 1)) with { Prepaid = true };
        await scene.Factory.BookAsync([paid], now);
        Assert.Equal(0, await cutter.CutAsync(scene.Lease, now.AddDays(-1), now, default));
        await scene.PutAsync("a", null, isPrepaid: true);
        await scene.Factory.BookAsync(
            [CutScene.Entry("a", now.AddMinutes(1), (7_000, 1, 1)), CutScene.Entry("a", now.AddMinutes(1), (-100, 1, 0), paid.Id) with { Prepaid = true }],
            now.AddMinutes(1));
        Assert.Equal(1, await cutter.CutAsync(scene.Lease, now.AddDays(-1), now.AddMinutes(2), default));
        await foreach (var bucket in scene.Factory.Buckets.BucketsAsync(new BucketFilter(), default))
            Assert.Equal((7_000, 7), (bucket.Amount.Value, bucket.Value));
    }

    private static async Task RunAsync(CutScene scene, int seed, bool canBeLate)
    {
        var random = new Random(seed);
        var tenant = $"t{Guid.CreateVersion7():N}";
        var (money, units) = (random.Next(2) == 0 ? BilledUnit.Charged : BilledUnit.Cost, random.Next(2) == 0 ? BilledUnit.Tokens : BilledUnit.Requests);
        var from = BillingTimes.HourOf((canBeLate ? Start : scene.Now).AddHours(random.Next(3) == 0 ? random.Next(10) : -200));
        var cutter = scene.Cutter([new BillingMeter(CutScene.Money, money), new BillingMeter(CutScene.Units, units)]);
        var oracle = new CutOracle(from, money, units);
        var (included, isPrepaid) = (Allowance(random), false);
        await scene.PutAsync(tenant, included, isPrepaid);
        // The embedded store's clock never goes back, so each case begins where the one before ended.
        var now = canBeLate ? Start : scene.Now;
        var changed = new HashSet<DateTimeOffset>();
        for (var step = 0; step < 25; step++)
        {
            now = now.AddMilliseconds(random.Next(1, 5_000_000));
            switch (random.Next(8))
            {
                case 0:
                    included = Allowance(random);
                    await scene.PutAsync(tenant, included, isPrepaid);
                    break;
                case 1 when random.Next(3) == 0:
                    isPrepaid = !isPrepaid;
                    await scene.PutAsync(tenant, included, isPrepaid);
                    break;
                case < 6:
                    var entries = Enumerable.Range(0, random.Next(1, 6)).Select(_ => NewEntry(random, tenant, oracle, now, canBeLate, isPrepaid)).ToList();
                    foreach (var booked in await scene.Factory.BookAsync(entries, now))
                    {
                        oracle.Book(booked);
                        if (booked.Entry.Prepaid != true)
                            changed.Add(BillingTimes.HourOf(booked.Entry.SettledAt));
                    }

                    break;
                default:
                    oracle.Cut(included, now, changed);
                    await cutter.CutAsync(scene.Lease, from, now, default);
                    changed.Clear();
                    await AssertAsync(scene, tenant, oracle, seed);
                    break;
            }
        }

        scene.Now = now;
    }

    private static async Task AssertAsync(CutScene scene, string tenant, CutOracle oracle, int seed)
    {
        var expected = oracle.Billable();
        var hours = oracle.Entries.Select(one => BillingTimes.HourOf(one.Entry.SettledAt)).Distinct().ToList();
        var booked = (await scene.Factory.Accruals.BookedAsync([.. hours.Select(hour => (tenant, hour))], default)).ToDictionary(one => (one.Meter, one.Hour));
        foreach (var hour in hours)
        {
            var (money, units) = expected.GetValueOrDefault(hour);
            Assert.Equal((seed, hour, money), (seed, hour, booked.GetValueOrDefault((CutScene.Money, hour))?.Amount.Value ?? 0));
            Assert.Equal((seed, hour, units), (seed, hour, booked.GetValueOrDefault((CutScene.Units, hour))?.Value ?? 0));
        }

        long exact = 0, values = 0;
        await foreach (var bucket in scene.Factory.Buckets.BucketsAsync(new BucketFilter(tenant, CutScene.Money), default))
        {
            exact += bucket.Amount.Value;
            values += bucket.Value;
            Assert.NotEqual(0, bucket.Amount.Value);
            Assert.Equal(bucket.Value == 0 ? BucketState.Sent : BucketState.Pending, bucket.State);
        }

        Assert.Equal((seed, (long)Math.Floor(exact / 1000m)), (seed, values));
    }

    private static LedgerEntry NewEntry(Random random, string tenant, CutOracle oracle, DateTimeOffset now, bool canBeLate, bool isPrepaid)
    {
        var at = canBeLate && random.Next(4) == 0 ? now.AddMilliseconds(-random.Next(200_000_000)) : now;
        var firsts = oracle.Entries.Where(one => one.Entry.Adjusts is null && one.Entry.SettledAt <= at).Select(one => one.Entry).ToList();
        if (firsts.Count > 0 && random.Next(4) == 0)
        {
            var first = firsts[random.Next(firsts.Count)];
            return CutScene.Entry(
                tenant, at, (random.NextInt64(-first.Charged.Value, 5_000), random.NextInt64(-first.Cost.Value, 5_000), random.NextInt64(-first.Usage.Total, 50)), first.Id) with { Prepaid = first.Prepaid };
        }

        // A call in flight may have been reserved under the plan of before.
        return CutScene.Entry(tenant, at, (random.Next(8) == 0 ? 0 : random.Next(10_000), random.Next(8_000), random.Next(100))) with
        {
            Prepaid = random.Next(5) == 0 ? !isPrepaid : isPrepaid,
        };
    }

    private static Included? Allowance(Random random) => random.Next(4) switch
    {
        0 => null,
        1 => new Included(LimitKind.Requests, random.Next(15)),
        2 => new Included(LimitKind.Tokens, random.Next(800)),
        _ => new Included(LimitKind.Usd, random.Next(70_000)),
    };
}
