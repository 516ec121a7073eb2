using BudgetProxy.Billing;
using BudgetProxy.Tests.Stripe.Simulated;

namespace BudgetProxy.Tests.Billing;

/// <summary>What Stripe's sums say of buckets of which it is not known whether they arrived.</summary>
public sealed class ComparisonTests
{
    [Theory]
    [InlineData(5, 5, new long[0], Presence.There)]
    [InlineData(0, 5, new long[0], Presence.Missing)]
    [InlineData(77, 5, new long[0], Presence.Unclear)]
    [InlineData(12, 5, new long[] { 7 }, Presence.There)]
    [InlineData(0, 5, new long[] { 7 }, Presence.Missing)]
    [InlineData(5, 5, new long[] { 7 }, Presence.There)]
    [InlineData(7, 5, new long[] { 7 }, Presence.Missing)]
    [InlineData(5, 5, new long[] { 5 }, Presence.Unclear)]
    [InlineData(10, 5, new long[] { 5 }, Presence.There)]
    [InlineData(0, 5, new long[] { -5 }, Presence.Unclear)]
    [InlineData(12, 5, new long[] { 7, 7 }, Presence.There)]
    [InlineData(12, 7, new long[] { 5, 7 }, Presence.Unclear)]
    [InlineData(7, 5, new long[] { 7, 7, 1 }, Presence.Missing)]
    public void A_sum_tells_what_every_explanation_of_it_has_in_common(int rest, long value, long[] others, object presence) =>
        Assert.Equal((Presence)presence, MinuteSums.Judge(rest, value, others));

    [Fact]
    public void Of_too_many_in_doubt_nothing_is_told() => Assert.Equal(Presence.Unclear, MinuteSums.Judge(0, 1, [.. Enumerable.Repeat(1L, 17)]));

    [Theory(Timeout = 120_000)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Two_of_one_minute_are_judged_together(bool hasFirst, bool hasSecond)
    {
        await using var scene = await BothUnknownAsync((5_000_000, hasFirst), (7_000_000, hasSecond));
        scene.Clock.Advance(TimeSpan.FromHours(21));
        await scene.RunToTheEndAsync();
        Assert.Equal(12_000, scene.Stripe.Books.Sum("cus_t0", CutScene.Money));
        Assert.All(await scene.BucketsAsync(), bucket => Assert.Equal((BucketState.Sent, (DateTimeOffset?)null), (bucket.State, bucket.MissingAt)));
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_two_equal_ones_which_has_arrived_is_a_persons_to_say()
    {
        await using var scene = await BothUnknownAsync((5_000_000, true), (5_000_000, false));
        scene.Clock.Advance(TimeSpan.FromHours(21));
        for (var i = 0; i < 6; i++)
        {
            await scene.RunAsync();
            scene.Clock.Advance(TimeSpan.FromMinutes(40));
        }

        Assert.All(await scene.BucketsAsync(), bucket => Assert.Equal((BucketState.Parked, ParkCause.Drift), (bucket.State, bucket.Cause)));
        Assert.Equal(5_000, scene.Stripe.Books.Sum("cus_t0", CutScene.Money));
    }

    [Fact(Timeout = 120_000)]
    public async Task That_one_look_found_nothing_outlives_a_restart()
    {
        await using var scene = await SendScene.CreateAsync(tenants: 1);
        await scene.UseAsync("t0", 5_000_000);
        scene.Stripe.Faults.Add(StripeFault.DropBefore);
        await scene.RunAsync();
        scene.Clock.Advance(TimeSpan.FromHours(21));
        await scene.RunAsync();
        Assert.Equal((BucketState.Unknown, scene.Clock.Now), (Assert.Single(await scene.OpenAsync()).State, Assert.Single(await scene.OpenAsync()).MissingAt));
        scene.Restart();
        scene.Clock.Advance(TimeSpan.FromMinutes(29));
        await scene.RunAsync();
        Assert.Empty(scene.Stripe.Books.Events);
        scene.Restart();
        scene.Clock.Advance(TimeSpan.FromMinutes(1));
        await scene.RunAsync();
        Assert.Equal((BucketState.Pending, null), (Assert.Single(await scene.OpenAsync()).State, Assert.Single(await scene.OpenAsync()).MissingAt));
        await scene.RunAsync();
        await scene.AssertBilledAsync();
        Assert.Null(Assert.Single(await scene.BucketsAsync()).MissingAt);
    }

    /// <summary>Two tenants of one customer, a bucket of each in the same minute, of both of which no answer came.</summary>
    private static async Task<SendScene> BothUnknownAsync((long Charged, bool HasArrived) first, (long Charged, bool HasArrived) second)
    {
        var scene = await SendScene.CreateAsync(tenants: 1);
        await scene.LinkAsync("t1", "cus_t0");
        await scene.UseAsync("t0", first.Charged);
        await scene.UseAsync("t1", second.Charged);
        var arrived = new HashSet<string>();
        scene.Stripe.Faults.Script = call =>
        {
            if (!call.IsMeterEvent)
                return null;
            lock (arrived)
            {
                // Which comes first does not matter: the identifier says which it is.
                var isFirst = arrived.Count == 0 || arrived.Contains(call["identifier"]!);
                if (isFirst)
                    arrived.Add(call["identifier"]!);
                return (isFirst ? first : second).HasArrived ? StripeFault.DropReply : StripeFault.DropBefore;
            }
        };
        for (var i = 0; i < 20 && (await scene.BucketsAsync()).Count(bucket => bucket.State == BucketState.Unknown) < 2; i++)
        {
            await scene.RunAsync();
            scene.Clock.Advance(TimeSpan.FromSeconds(2));
        }

        scene.Stripe.Faults.Clear();
        var buckets = await scene.BucketsAsync();
        Assert.Equal(2, buckets.Count(bucket => bucket.State == BucketState.Unknown));
        Assert.Single(buckets.Select(bucket => bucket.Stamp!.Value.ToUnixTimeSeconds() / 60).Distinct());
        return scene;
    }
}
