using BudgetProxy.Admin;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Checks;

/// <summary>What a client says that a call will use, or has used: tokens by bucket, or what it costs, or both.</summary>
/// <param name="Usage">The buckets are disjoint here, though the client gives the input as a whole.</param>
/// <param name="Cost">What it costs, instead of the rate table's price; null = the rate table says.</param>
/// <param name="CacheWrite">The dearest cache write that the rest of the input may turn out to be.</param>
/// <param name="HasTokens">True where tokens were given.</param>
internal sealed record DirectUse(in Usage Usage, NanoUsd? Cost, ServiceTier? Tier, bool? Regional, CacheWrite CacheWrite, bool HasTokens)
{
    /// <summary>Tokens or calls in one field at most: no request has so many, and sums of a million such entries do not overflow.</summary>
    public const long MostTokens = 1_000_000_000_000;

    /// <summary>Reads the fields; each that is wrong is told to the reader.</summary>
    /// <param name="isForecast">True where what is told is a bound, of which the kind of input may be open.</param>
    /// <param name="isNeeded">True where tokens or a cost must be there.</param>
    public static DirectUse Read(FieldReader fields, bool isForecast, bool isNeeded)
    {
        long? input = Tokens(fields, "inputTokens"), output = Tokens(fields, "outputTokens");
        var cached = Tokens(fields, "cachedInputTokens") ?? 0;
        var written = Tokens(fields, "cacheWriteInputTokens") ?? 0;
        var writtenLong = Tokens(fields, "cacheWriteLongInputTokens") ?? 0;
        var usage = new Usage
        {
            Input = Math.Max(0, (input ?? 0) - cached - written - writtenLong),
            CachedInput = cached,
            CacheWriteShort = written,
            CacheWriteLong = writtenLong,
            Output = output ?? 0,
            Reasoning = Tokens(fields, "reasoningTokens") ?? 0,
            AudioInput = Tokens(fields, "audioInputTokens") ?? 0,
            AudioOutput = Tokens(fields, "audioOutputTokens") ?? 0,
            ImageInput = Tokens(fields, "imageInputTokens") ?? 0,
            ImageOutput = Tokens(fields, "imageOutputTokens") ?? 0,
            ToolCalls = Tokens(fields, "toolCalls") ?? 0,
            FileSearches = Tokens(fields, "fileSearches") ?? 0,
            CodeSessions = Tokens(fields, "codeSessions") ?? 0,
        };
        var cost = fields.Money("costUsd");
        var isGiven = fields.Has("costUsd") || fields.Has("inputTokens") || fields.Has("outputTokens");
        if (isNeeded && !isGiven)
            fields.Fail("costUsd", "Give inputTokens and outputTokens, or costUsd.");
        if (cached + written + writtenLong > (input ?? 0))
            fields.Fail("inputTokens", "Is all of the input: at least cachedInputTokens, cacheWriteInputTokens and cacheWriteLongInputTokens together. Where the provider counts those beside its input tokens (Anthropic), add them up.");
        else if (usage.AudioInput + usage.ImageInput > usage.Input)
            fields.Fail("audioInputTokens", "Audio and image tokens are parts of the input that is neither read from a cache nor written to one: together at most that.");
        if (usage.AudioOutput + usage.ImageOutput > usage.Output)
            fields.Fail("audioOutputTokens", "Audio and image tokens are parts of outputTokens: together at most those.");
        if (usage.Reasoning > usage.Output)
            fields.Fail("reasoningTokens", "Is a part of outputTokens: at most those.");
        var write = isForecast ? fields.OneOf<CacheWrite>("cacheWrite") ?? CacheWrite.None : CacheWrite.None;
        return new DirectUse(usage, cost, fields.OneOf<ServiceTier>("serviceTier"), fields.Flag("regional"), write, input is not null || output is not null);
    }

    private static long? Tokens(FieldReader fields, string name)
    {
        if (fields.Count(name) is not { } count)
            return null;
        if (count <= MostTokens)
            return count;
        fields.Fail(name, $"Must be at most {MostTokens}.");
        return null;
    }
}
