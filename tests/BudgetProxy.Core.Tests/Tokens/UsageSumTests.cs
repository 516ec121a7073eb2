using System.Reflection;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

public sealed class UsageSumTests
{
    /// <summary>Also of a bucket that is added one day.</summary>
    [Fact]
    public void Every_bucket_is_added()
    {
        var buckets = typeof(Usage).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).ToList();
        Assert.True(buckets.Count >= 10);
        object left = default(Usage), right = default(Usage);
        for (var i = 0; i < buckets.Count; i++)
        {
            buckets[i].SetValue(left, (i + 1) * 10L);
            buckets[i].SetValue(right, -3L);
        }

        object sum = (Usage)left + (Usage)right;
        for (var i = 0; i < buckets.Count; i++)
            Assert.Equal(((i + 1) * 10L) - 3, buckets[i].GetValue(sum));
    }
}
