using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates;

/// <summary>Puts tokens of a bucket that we have no price for where a row is dearest: a provider that bills something new is never settled too low.</summary>
public static class UnknownBuckets
{
    /// <summary>The usage with its unknown tokens moved from plain input and plain output to the dearest classes that the row prices.</summary>
    /// <exception cref="InvalidOperationException">The row has no token prices.</exception>
    public static Usage AtDearest(Rate rate, in Usage usage, UnknownTokens unknown, ServiceTier tier)
    {
        var prices = rate.PricesFor(usage.TotalInput, tier);
        var moved = usage;
        var input = Math.Clamp(unknown.Input, 0, usage.Input - usage.AudioInput - usage.ImageInput);
        moved = prices.DearestInput switch
        {
            ChargeKind.CachedInput => moved with { Input = moved.Input - input, CachedInput = moved.CachedInput + input },
            ChargeKind.CacheWriteShort => moved with { Input = moved.Input - input, CacheWriteShort = moved.CacheWriteShort + input },
            ChargeKind.CacheWriteLong => moved with { Input = moved.Input - input, CacheWriteLong = moved.CacheWriteLong + input },
            ChargeKind.AudioInput => moved with { AudioInput = moved.AudioInput + input },
            ChargeKind.ImageInput => moved with { ImageInput = moved.ImageInput + input },
            _ => moved,
        };
        var output = Math.Clamp(unknown.Output, 0, usage.Output - usage.AudioOutput - usage.ImageOutput);
        return prices.DearestOutput switch
        {
            ChargeKind.AudioOutput => moved with { AudioOutput = moved.AudioOutput + output },
            ChargeKind.ImageOutput => moved with { ImageOutput = moved.ImageOutput + output },
            _ => moved,
        };
    }
}
