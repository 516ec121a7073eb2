using BudgetProxy.Billing;

namespace BudgetProxy.Tests.Billing;

public sealed class BucketIdsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ids_of_an_instant_ascend_as_texts_do_and_others_begin_anew()
    {
        var ids = new BucketIds();
        var first = Enumerable.Range(0, 1_000).Select(_ => ids.Next(Noon)).ToList();
        Assert.Equal(first.Select(id => id.ToString()).Order(StringComparer.Ordinal), first.Select(id => id.ToString()));
        Assert.Equal(1_000, first.Distinct().Count());
        Assert.All(first, id => Assert.Equal((7, 8), (id.Version, id.Variant & 0xC)));
        Assert.Equal(Noon.ToUnixTimeMilliseconds(), Convert.ToInt64(first[0].ToString("N")[..12], 16));
        Assert.NotEqual(new BucketIds().Next(Noon), first[0]);
        Assert.Equal(Noon.AddMilliseconds(1).ToUnixTimeMilliseconds(), Convert.ToInt64(ids.Next(Noon.AddMilliseconds(1)).ToString("N")[..12], 16));
    }
}
