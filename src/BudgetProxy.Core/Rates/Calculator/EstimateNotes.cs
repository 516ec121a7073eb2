using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Rates.Calculator;

/// <summary>What a reader of an estimate must know: where the figures rest on something that may not hold, or that the provider would not do.</summary>
internal static class EstimateNotes
{
    public static IReadOnlyList<string> Of(CostEstimate estimate)
    {
        var notes = new List<string>();
        AddLimits(estimate, notes);
        AddTier(estimate, notes);
        AddCache(estimate, notes);
        var (rate, workload) = (estimate.Rate, estimate.Workload);
        if (workload.Regional && rate.RegionalPercent == 100)
            notes.Add("Its row has no regional surcharge.");
        if (workload.ToolCalls > 0 && rate.ToolCall == 0)
            notes.Add("Its row has no fee for tool calls: they are counted as free.");
        if (rate.Status is { } status && !status.StartsWith("active", StringComparison.Ordinal))
            notes.Add($"Its provider says: {status}.");
        return notes;
    }

    private static void AddLimits(CostEstimate estimate, List<string> notes)
    {
        var (rate, workload) = (estimate.Rate, estimate.Workload);
        var longest = 0L;
        foreach (var group in workload.Inputs)
            longest = Math.Max(longest, group.Tokens + workload.CachedPrefixTokens);
        if (rate.Profile.MaxInput > 0 && longest > rate.Profile.MaxInput)
            notes.Add($"A request of {longest:N0} input tokens is above its window of {rate.Profile.MaxInput:N0}: the provider refuses it. It is priced all the same.");
        if (rate.Profile.MaxOutput > 0 && workload.OutputTokens > rate.Profile.MaxOutput)
            notes.Add($"An answer of {workload.OutputTokens:N0} tokens is above its limit of {rate.Profile.MaxOutput:N0}. It is priced all the same.");
        if (rate.LongContext is { } tail && longest > tail.Threshold)
            notes.Add($"A request of more than {tail.Threshold:N0} input tokens is billed at long-context prices, from its first token on.");
    }

    private static void AddTier(CostEstimate estimate, List<string> notes)
    {
        var (list, tier) = (estimate.Rate.Tokens!, estimate.Workload.Tier);
        var offered = tier switch
        {
            ServiceTier.Batch => list.Batch,
            ServiceTier.Flex => list.Flex,
            ServiceTier.Fast => list.Fast,
            _ => list.Standard,
        };
        if (offered is null)
            notes.Add($"It has no {tier.ToString().ToLowerInvariant()} prices: billed at standard ones.");
    }

    private static void AddCache(CostEstimate estimate, List<string> notes)
    {
        var (rate, workload) = (estimate.Rate, estimate.Workload);
        if (workload.Cache == CacheWrite.None)
            return;
        var least = rate.Profile.MinCachedPrefix;
        if (rate.AutoCacheWrite)
        {
            notes.Add($"It writes every prompt of {least:N0} tokens or more to its cache unasked and charges for it. "
                + "A cache that is off stands for prompt_cache_options with mode explicit and no breakpoint.");
        }

        if (workload.CachedPrefixTokens == 0)
            return;
        if (rate.Tokens!.For(workload.Tier).CachedInput is null)
        {
            notes.Add("Its row has no price for cached input here: the prefix is billed as input.");
            return;
        }

        if (workload.CachedPrefixTokens < least)
        {
            notes.Add($"It caches a prefix from {least:N0} tokens on: one of {workload.CachedPrefixTokens:N0} is cached only if what follows it is the same too, "
                + $"else all this costs {estimate.WithoutCache?.ToBalance()} USD.");
        }

        if (workload.Requests > 1 && estimate.CacheWrites == workload.Requests && workload.Per is { } period && workload.RequestsPerWrite is null)
        {
            notes.Add($"A request comes every {Seconds(period.Length().Ticks / workload.Requests)} seconds, and the cache lives {Seconds(estimate.CacheLifetime.Ticks)}: "
                + "each one writes the prefix again.");
        }

        if (workload.Tier == ServiceTier.Batch)
            notes.Add("In a batch requests run side by side, and cache hits are best effort: some more will write the prefix.");
    }

    private static string Seconds(long ticks) => (ticks / TimeSpan.TicksPerSecond).ToString("N0");
}
