using BudgetProxy.Billing;

namespace BudgetProxy.Tests.Billing;

/// <summary>Two that cut the same tenants while these go on being used.</summary>
public sealed class CutRaceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_cutters_lose_and_double_nothing(bool isShared)
    {
        await using var scene = await CutScene.CreateAsync(isShared ? await PostgresBillingFactory.CreateAsync() : new SqliteBillingFactory());
        BillingMeter[] meters = [new(CutScene.Money, BilledUnit.Charged)];
        var cutters = new[] { scene.Cutter(meters), scene.Cutter(meters, scene.Factory.OtherAccruals) };
        string[] tenants = ["a", "b", "c"];
        var (now, from) = (scene.Now, scene.Now.AddDays(-1));
        long used = 0;
        using var ended = new CancellationTokenSource();
        var cutting = cutters.Select(cutter => Task.Run(async () =>
        {
            long made = 0;
            while (!ended.IsCancellationRequested)
                made += await cutter.CutAsync(scene.Lease, from, now.AddHours(1), default);
            return made;
        })).ToList();
        for (var i = 0; i < 150; i++)
        {
            var tenant = tenants[i % tenants.Length];
            await scene.Factory.BookAsync([CutScene.Entry(tenant, now.AddMilliseconds(i), (1_000 + i, 1, 1))], now.AddMilliseconds(i));
            used += 1_000 + i;
        }

        await ended.CancelAsync();
        var made = (await Task.WhenAll(cutting)).Sum();
        made += await cutters[0].CutAsync(scene.Lease, from, now.AddHours(1), default);
        var buckets = new List<Bucket>();
        await foreach (var bucket in scene.Factory.Buckets.BucketsAsync(new BucketFilter(), default))
            buckets.Add(bucket);
        Assert.Equal(used, buckets.Sum(bucket => bucket.Amount.Value));
        Assert.Equal(made, buckets.Count);
        Assert.All(buckets, bucket => Assert.True(bucket.Amount.Value > 0));
        Assert.True(buckets.Count > tenants.Length);
    }
}
