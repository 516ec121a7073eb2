using BudgetProxy.Billing;
using BudgetProxy.Core.Money;

namespace BudgetProxy.Tests.Billing;

/// <summary>What is found out about buckets, and what is left of tenants.</summary>
public abstract partial class BillingStoreContract
{
    [Fact]
    public async Task A_look_is_written_where_the_bucket_is_as_it_was_looked_at_and_nobody_is_about_to_send_it()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        var (sent, pending) = (NewBucket("a", Noon, 0, 1_000, 1), NewBucket("b", Noon, 0, 1_000, 1));
        await InsertAsync(factory, lease, [sent, pending]);
        sent = Assert.Single(await factory.Buckets.SaveAsync([sent with { State = BucketState.Sent, SentAt = Noon, Stamp = Noon, Customer = "cus_a" }], lease, default));
        Assert.True(await factory.Buckets.NoteLookAsync(sent with { MissingAt = Noon.AddHours(1) }, default));
        var missed = await factory.Other.FindAsync(sent.Id, default);
        Assert.Equal(sent with { MissingAt = Noon.AddHours(1), Revision = 2 }, missed);
        Assert.False(await factory.Buckets.NoteLookAsync(sent with { MissingAt = Noon.AddHours(2) }, default));
        Assert.False(await factory.Buckets.NoteLookAsync(pending with { MissingAt = Noon }, default));
        Assert.True(await factory.Buckets.NoteLookAsync(missed! with { MissingAt = null, Error = "x" }, default));
        Assert.Equal(sent with { Error = "x", Revision = 3 }, await factory.Other.FindAsync(sent.Id, default));
        Assert.Equal(pending, await factory.Other.FindAsync(pending.Id, default));
        Assert.Equal([sent.Id], await IdsAsync(factory, new BucketFilter(From: Noon, To: Noon.AddMinutes(1), By: BucketTime.Stamp) { Customer = "cus_a" }));
        Assert.Empty(await IdsAsync(factory, new BucketFilter { Customer = "cus_b" }));
    }

    [Fact]
    public async Task What_is_left_of_tenants_are_hours_that_are_not_cut_and_buckets_that_are_neither_sent_nor_given_up()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        await factory.AccrueAsync(new Accrual("cut", Noon, 1, 1, new NanoUsd(1), new NanoUsd(100)));
        await CutAllAsync(factory, lease);
        foreach (var hour in new[] { -1, 0, 1 })
            await factory.AccrueAsync(new Accrual("hours", Noon.AddHours(hour), 1, 1, new NanoUsd(1), new NanoUsd(100)));
        var buckets = Enumerable.Range(0, 7).Select(i => NewBucket("buckets", Noon.AddHours(i), 0, 1_000, 1)).ToList();
        await InsertAsync(factory, lease, [.. buckets, NewBucket("done", Noon, 0, 1_000, 1)]);
        BucketState[] states = [BucketState.Pending, BucketState.Parked, BucketState.Unknown, BucketState.Dead, BucketState.Sent, BucketState.Verified, BucketState.WrittenOff];
        await factory.Buckets.SaveAsync([.. buckets.Select((bucket, i) => bucket with { State = states[i], Customer = i is 2 or 4 ? $"cus_{i}" : null })], lease, default);
        Assert.Equal(1, await SaveDoneAsync());
        await factory.AccrueAsync(new Accrual("linked", Noon, 1, 1, new NanoUsd(1), new NanoUsd(100)));
        await factory.Accruals.CutAsync([new TenantCut(new CutBase("linked", 0, null, []), "cus_linked", [], [], [], [])], lease, default);

        var left = (await factory.Other.LeftAsync(["hours", "cut", "buckets", "done", "linked", "nobody"], Noon, default)).ToDictionary(one => one.Tenant);
        Assert.Equal(["buckets", "hours", "linked"], left.Keys.Order());
        Assert.Equal((2L, new NanoUsd(200), 0), (left["hours"].Hours, left["hours"].Charged, left["hours"].Buckets.Count));
        Assert.Equal((1L, "cus_linked"), (left["linked"].Hours, left["linked"].Customer));
        Assert.Equal(
            [BucketState.Dead, BucketState.Parked, BucketState.Pending, BucketState.Unknown], left["buckets"].Buckets.Select(sum => sum.State).OrderBy(state => state.ToString()));
        Assert.Equal(["cus_2"], left["buckets"].SentFor);
        Assert.Empty(await factory.Other.LeftAsync([], Noon, default));

        async Task<int> SaveDoneAsync()
        {
            await foreach (var bucket in factory.Buckets.BucketsAsync(new BucketFilter("done"), default))
                return (await factory.Buckets.SaveAsync([bucket with { State = BucketState.Sent }], lease, default)).Count;
            return 0;
        }
    }

    [Fact]
    public async Task What_was_sent_for_a_customer_whose_sums_agree_is_verified_and_what_was_sent_for_another_is_not()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        var buckets = Enumerable.Range(0, 5).Select(i => NewBucket("a", Noon.AddHours(-1), i, 1_000, i == 4 ? 0 : 1)).ToList();
        await InsertAsync(factory, lease, [.. buckets, NewBucket("b", Noon, 0, 1_000, 1)]);
        (BucketState State, int Minutes, string? Customer)[] written =
            [(BucketState.Sent, 0, "cus_1"), (BucketState.Sent, 0, "cus_2"), (BucketState.Sent, 60, "cus_1"), (BucketState.Unknown, 0, "cus_1"), (BucketState.Sent, 0, null)];
        await factory.Buckets.SaveAsync(
            [.. buckets.Select((bucket, i) => bucket with { State = written[i].State, Stamp = Noon.AddMinutes(written[i].Minutes), Customer = written[i].Customer, MissingAt = Noon })],
            lease, default);
        Assert.Equal(0, await VerifyAsync("cus_1", -2, 0));
        // With one to whom nothing was sent, since there was nothing to send.
        Assert.Equal(2, await VerifyAsync("cus_1", 0, 1));
        Assert.Equal(1, await VerifyAsync("cus_1", 0, 2));
        Assert.Equal(1, await VerifyAsync("cus_2", 0, 2));
        Assert.Equal((BucketState.Unknown, Noon), ((await factory.Other.FindAsync(buckets[3].Id, default))!.State, (await factory.Other.FindAsync(buckets[3].Id, default))!.MissingAt));
        Assert.Equal((BucketState.Verified, (DateTimeOffset?)null), ((await factory.Other.FindAsync(buckets[0].Id, default))!.State, (await factory.Other.FindAsync(buckets[0].Id, default))!.MissingAt));

        async Task<int> VerifyAsync(string customer, int from, int to) =>
            await factory.Buckets.VerifyAsync(("a", Meter), customer, new ReconciliationSpan(Noon.AddHours(from), Noon.AddHours(to)), default);
    }

    private static async Task<List<Guid>> IdsAsync(IBillingStoreFactory factory, BucketFilter filter)
    {
        var ids = new List<Guid>();
        await foreach (var bucket in factory.Other.BucketsAsync(filter, default))
            ids.Add(bucket.Id);
        return ids;
    }

    [Fact]
    public async Task Sums_of_absurd_amounts_are_cut_and_fail_no_page()
    {
        await using var factory = await CreateAsync();
        var lease = await LeaseAsync(factory);
        const long Absurd = long.MaxValue / 3 * 2;
        await InsertAsync(factory, lease, [NewBucket("a", Noon, 0, Absurd, 1), NewBucket("b", Noon, 0, Absurd, 1), NewBucket("c", Noon, 0, -5, -1)]);
        foreach (var hour in new[] { 2, 3 })
            await factory.AccrueAsync(new Accrual("a", Noon.AddHours(hour), 1, 1, new NanoUsd(1), new NanoUsd(Absurd)));
        await InsertAsync(factory, lease, [NewBucket("d", Noon, 0, Absurd, 1)]);
        var open = (await factory.Other.OpenAsync(default)).ToDictionary(sum => sum.Tenant);
        Assert.Equal((new NanoUsd(Absurd), new NanoUsd(-5)), (open["a"].Amount, open["c"].Amount));
        Assert.Equal(new NanoUsd(long.MaxValue), Assert.Single(await factory.Other.TotalsAsync(default)).Amount);
        Assert.Equal(new NanoUsd(long.MaxValue), Assert.Single(await factory.Other.LeftAsync(["a"], Noon, default)).Charged);
    }
}
