using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>How often a workload's prefix is written to the provider's cache; all other requests read it.</summary>
/// <param name="Writes">Requests that write the prefix; 0 where nothing is cached.</param>
/// <param name="Lifetime">How long the prefix lives after its last use.</param>
/// <param name="FreshFrom">Input tokens from which a whole prompt is written unasked, fresh part included; null = never.</param>
internal readonly record struct CacheTraffic(long Writes, TimeSpan Lifetime, long? FreshFrom)
{
    /// <summary>
    /// A prefix that is used again within its lifetime stays warm, for every use begins that anew; else each request finds it gone and writes it again.
    /// With requests evenly spread over a period that is decided by the time between two of them. Without a period they follow each other closely.
    /// </summary>
    public static CacheTraffic Of(Rate rate, Workload workload)
    {
        if (workload.Cache == CacheWrite.None)
            return default;
        var model = CachedModel.Of(rate.Profile, rate.AutoCacheWrite);
        var lifetime = workload.CacheLifetime ?? model.Lifetime(workload.Cache == CacheWrite.Long);
        var writes = workload.CachedPrefixTokens == 0 ? 0 : WritesOf(workload, lifetime);
        return new CacheTraffic(writes, lifetime, rate.AutoCacheWrite ? model.Least : null);
    }

    private static long WritesOf(Workload workload, TimeSpan lifetime)
    {
        var requests = workload.Requests;
        if (workload.RequestsPerWrite is { } share)
            return (requests + share - 1) / share;
        var cold = workload.Per is { } period && period.Length().Ticks > (Int128)lifetime.Ticks * requests;
        return cold ? requests : 1;
    }
}
