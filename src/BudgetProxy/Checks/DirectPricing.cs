using BudgetProxy.Core.Money;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Checks;

/// <summary>
/// Prices what a client tells. A forecast is priced at its worst, as a call is: the part of the input that the client has not put into a class costs
/// what the dearest class may cost that can apply, at the input's length or, where that is dearer, at the length of a threshold below it.
/// </summary>
internal static class DirectPricing
{
    /// <summary>What a forecast can cost at most, rounded up.</summary>
    /// <returns>The price, and the usage that has it, but with all its tokens.</returns>
    /// <exception cref="InvalidOperationException">The row has no token prices.</exception>
    public static (NanoUsd Amount, Usage Worst) Worst(Rate rate, DirectUse use)
    {
        var (amount, worst) = Dearest(rate, use, use.Usage);
        if (rate.LongContext is { } tail && use.Usage.TotalInput > tail.Threshold)
            amount = NanoUsd.Max(amount, Dearest(rate, use, Shortened(use.Usage, tail.Threshold)).Amount);
        return (amount, worst);
    }

    /// <summary>What was used, as a call is settled: each line rounded half-even.</summary>
    /// <exception cref="InvalidOperationException">The row has no token prices.</exception>
    public static NanoUsd Actual(Rate rate, in Usage usage, ServiceTier tier, bool regional) => rate.Price(usage, tier, regional, Rounding.HalfEven);

    private static (NanoUsd Amount, Usage Usage) Dearest(Rate rate, DirectUse use, in Usage usage)
    {
        var best = (Amount: Price(rate, use, usage), Usage: usage);
        // Audio and images are classes of their own; what is neither may be written to a cache.
        var open = usage.Input - usage.AudioInput - usage.ImageInput;
        if (use.CacheWrite != CacheWrite.None || rate.AutoCacheWrite || usage.ToolCalls + usage.FileSearches + usage.CodeSessions > 0)
            Consider(usage with { Input = usage.Input - open, CacheWriteShort = usage.CacheWriteShort + open });
        if (use.CacheWrite == CacheWrite.Long)
            Consider(usage with { Input = usage.Input - open, CacheWriteLong = usage.CacheWriteLong + open });
        return best;

        void Consider(in Usage other)
        {
            var price = Price(rate, use, other);
            if (price > best.Amount)
                best = (price, other);
        }
    }

    private static NanoUsd Price(Rate rate, DirectUse use, in Usage usage) =>
        rate.Price(usage, use.Tier ?? ServiceTier.Standard, use.Regional ?? false, Rounding.Up);

    /// <summary>The same with so much input less, the cheapest first, that it has not more than the threshold.</summary>
    private static Usage Shortened(in Usage usage, long threshold)
    {
        var rest = usage.TotalInput - threshold;
        var cached = Math.Min(rest, usage.CachedInput);
        rest -= cached;
        var plain = Math.Min(rest, usage.Input);
        rest -= plain;
        var brief = Math.Min(rest, usage.CacheWriteShort);
        rest -= brief;
        var input = usage.Input - plain;
        var audio = Math.Min(usage.AudioInput, input);
        return usage with
        {
            CachedInput = usage.CachedInput - cached,
            Input = input,
            AudioInput = audio,
            ImageInput = Math.Min(usage.ImageInput, input - audio),
            CacheWriteShort = usage.CacheWriteShort - brief,
            CacheWriteLong = usage.CacheWriteLong - rest,
        };
    }
}
