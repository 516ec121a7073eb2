using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>Prices a workload on a model, with the one formula that reserves and settles calls.</summary>
public static class CostCalculator
{
    /// <summary>What to say where there is no estimate.</summary>
    public const string TooMuch = "The workload costs more than 9.2 billion USD, which is more than can be counted.";

    /// <summary>What the workload costs; null where that is more than 64 bits of nano-dollars hold, about 9.2 billion USD.</summary>
    /// <param name="workload">One that <see cref="WorkloadRules"/> finds nothing wrong with.</param>
    /// <exception cref="InvalidOperationException">The row has no token prices.</exception>
    public static CostEstimate? Estimate(Rate rate, Workload workload)
    {
        if (Bill(rate, workload) is not { } bill)
            return null;
        var traffic = CacheTraffic.Of(rate, workload);
        var estimate = new CostEstimate
        {
            Rate = rate,
            Workload = workload,
            Lines = bill.Lines,
            Total = bill.Total,
            CacheWrites = rate.Tokens!.For(workload.Tier).CachedInput is null ? 0 : traffic.Writes,
            CacheLifetime = traffic.Lifetime,
            WithoutCache = CanCache(rate, workload) ? Bill(rate, workload with { Cache = CacheWrite.None })?.Total : null,
            AtStandard = workload.Tier == ServiceTier.Standard ? null : Bill(rate, workload with { Tier = ServiceTier.Standard })?.Total,
            AtBatch = workload.Tier == ServiceTier.Batch || rate.Tokens?.Batch is null ? null : Bill(rate, workload with { Tier = ServiceTier.Batch })?.Total,
        };
        return estimate with { Notes = EstimateNotes.Of(estimate) };
    }

    private static (IReadOnlyList<CostLine> Lines, Money.NanoUsd Total)? Bill(Rate rate, Workload workload)
    {
        var bill = new WorkloadBill(rate, workload.Tier, workload.Regional);
        var traffic = CacheTraffic.Of(rate, workload);
        var writes = traffic.Writes;
        foreach (var group in workload.Inputs)
        {
            var writing = Math.Min(writes, group.Requests);
            writes -= writing;
            bill.Add(UsageOf(workload, traffic, group.Tokens, writesPrefix: true), writing);
            bill.Add(UsageOf(workload, traffic, group.Tokens, writesPrefix: false), group.Requests - writing);
        }

        return bill.Close();
    }

    private static Usage UsageOf(Workload workload, CacheTraffic traffic, long fresh, bool writesPrefix)
    {
        var prefix = workload.CachedPrefixTokens;
        var usage = new Usage { Output = workload.OutputTokens, ToolCalls = workload.ToolCalls };
        if (workload.Cache == CacheWrite.None)
            return usage with { Input = prefix + fresh };
        var freshIsWritten = traffic.FreshFrom is { } least && prefix + fresh >= least;
        var written = (writesPrefix ? prefix : 0) + (freshIsWritten ? fresh : 0);
        return usage with
        {
            Input = freshIsWritten ? 0 : fresh,
            CachedInput = writesPrefix ? 0 : prefix,
            CacheWriteShort = workload.Cache == CacheWrite.Short ? written : 0,
            CacheWriteLong = workload.Cache == CacheWrite.Long ? written : 0,
        };
    }

    private static bool CanCache(Rate rate, Workload workload) =>
        workload.Cache != CacheWrite.None && (workload.CachedPrefixTokens > 0 || rate.AutoCacheWrite);
}
