using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Rates;

public sealed class SavedByCachingTests
{
    private static readonly Rate[] Priced = [.. RateCard.Shipped.Rates.Where(rate => rate.Tokens is not null)];

    /// <summary>What it saves is what the same input would cost uncached, less what it costs; a line is rounded there, so by a nano-dollar each at most.</summary>
    [Fact]
    public void It_is_the_plain_price_less_the_price()
    {
        var random = new Random(5);
        for (var i = 0; i < 2_000; i++)
        {
            var rate = Priced[random.Next(Priced.Length)];
            var usage = new Usage
            {
                Input = random.Next(100_000), CachedInput = random.Next(300_000), CacheWriteShort = random.Next(5_000), CacheWriteLong = random.Next(5_000), Output = random.Next(100),
            };
            var plain = usage with { Input = usage.TotalInput, CachedInput = 0, CacheWriteShort = 0, CacheWriteLong = 0 };
            var (tier, regional) = ((ServiceTier)random.Next(4), random.Next(2) == 0);
            var expected = rate.Price(plain, tier, regional, Rounding.HalfEven) - rate.Price(usage, tier, regional, Rounding.HalfEven);
            Assert.InRange(rate.SavedByCaching(usage, tier, regional).Value - expected.Value, -5, 5);
        }
    }

    [Fact]
    public void A_cache_that_is_only_written_saves_less_than_nothing()
    {
        var rate = RateCard.Shipped.Find(Provider.Anthropic, "claude-haiku-4-5", new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero))!;
        Assert.True(rate.SavedByCaching(new Usage { CacheWriteShort = 1_000 }, ServiceTier.Standard, false) < NanoUsd.Zero);
        Assert.Equal(NanoUsd.Zero, rate.SavedByCaching(new Usage { Input = 1_000, Output = 9 }, ServiceTier.Standard, false));
    }
}
