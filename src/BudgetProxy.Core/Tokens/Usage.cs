namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Tokens by bucket. The input buckets are disjoint: <see cref="Input"/> is what is neither read from nor written to a cache. Providers
/// differ in what their own "input tokens" include, so a usage is made only by the factory that names the provider's convention.
/// </summary>
public readonly record struct Usage
{
    /// <summary>Input tokens at the plain input price: neither read from a cache nor written to one.</summary>
    public long Input { get; init; }

    /// <summary>Input tokens read from a cache.</summary>
    public long CachedInput { get; init; }

    /// <summary>Input tokens written to the short cache (Anthropic 5 minutes, OpenAI 30 minutes).</summary>
    public long CacheWriteShort { get; init; }

    /// <summary>Input tokens written to the long cache (Anthropic 1 hour, OpenAI 12 hours).</summary>
    public long CacheWriteLong { get; init; }

    /// <summary>All output tokens, reasoning included.</summary>
    public long Output { get; init; }

    /// <summary>The part of <see cref="Output"/> that was reasoning; shown, not priced again.</summary>
    public long Reasoning { get; init; }

    /// <summary>The part of <see cref="Input"/> that is audio, priced at the audio rate where the model has one.</summary>
    public long AudioInput { get; init; }

    /// <summary>The part of <see cref="Output"/> that is audio.</summary>
    public long AudioOutput { get; init; }

    /// <summary>The part of <see cref="Input"/> that is images, priced at the image rate where the model has one.</summary>
    public long ImageInput { get; init; }

    /// <summary>The part of <see cref="Output"/> that is images, priced at the image rate where the model has one.</summary>
    public long ImageOutput { get; init; }

    /// <summary>Web searches on the provider's side, each at a fee; and calls of a tool that we don't know, at the same.</summary>
    public long ToolCalls { get; init; }

    /// <summary>File searches on the provider's side, each at a fee.</summary>
    public long FileSearches { get; init; }

    /// <summary>Sessions of code that ran on the provider's side, each at a fee.</summary>
    public long CodeSessions { get; init; }

    /// <summary>All input tokens, cached and written ones included: what a long-context threshold is compared with.</summary>
    public long TotalInput => Input + CachedInput + CacheWriteShort + CacheWriteLong;

    /// <summary>All tokens: what a budget of tokens counts.</summary>
    public long Total => TotalInput + Output;

    /// <summary>Bucket by bucket: an entry of the ledger with what corrected it, or the lines of a batch.</summary>
    public static Usage operator +(in Usage left, in Usage right) => new()
    {
        Input = left.Input + right.Input,
        CachedInput = left.CachedInput + right.CachedInput,
        CacheWriteShort = left.CacheWriteShort + right.CacheWriteShort,
        CacheWriteLong = left.CacheWriteLong + right.CacheWriteLong,
        Output = left.Output + right.Output,
        Reasoning = left.Reasoning + right.Reasoning,
        AudioInput = left.AudioInput + right.AudioInput,
        AudioOutput = left.AudioOutput + right.AudioOutput,
        ImageInput = left.ImageInput + right.ImageInput,
        ImageOutput = left.ImageOutput + right.ImageOutput,
        ToolCalls = left.ToolCalls + right.ToolCalls,
        FileSearches = left.FileSearches + right.FileSearches,
        CodeSessions = left.CodeSessions + right.CodeSessions,
    };

    /// <summary>
    /// OpenAI's convention: <paramref name="prompt"/> INCLUDES the cached and the written tokens
    /// (source: OpenAI pricing and prompt-caching pages, 2026-08). Parts that exceed the whole are cut to it; negatives count 0.
    /// </summary>
    public static Usage Inclusive(long prompt, long cached, long writtenShort, long writtenLong, long output, long reasoning = 0)
    {
        prompt = Math.Max(prompt, 0);
        cached = Math.Clamp(cached, 0, prompt);
        writtenLong = Math.Clamp(writtenLong, 0, prompt - cached);
        writtenShort = Math.Clamp(writtenShort, 0, prompt - cached - writtenLong);
        output = Math.Max(output, 0);
        return new Usage
        {
            Input = prompt - cached - writtenShort - writtenLong,
            CachedInput = cached,
            CacheWriteShort = writtenShort,
            CacheWriteLong = writtenLong,
            Output = output,
            Reasoning = Math.Clamp(reasoning, 0, output),
        };
    }

    /// <summary>
    /// Anthropic's convention: <paramref name="input"/> EXCLUDES cache reads and writes; the whole is their sum
    /// (source: Anthropic prompt-caching page, 2026-08). Negatives count 0.
    /// </summary>
    public static Usage Exclusive(long input, long cached, long writtenShort, long writtenLong, long output, long reasoning = 0) => new()
    {
        Input = Math.Max(input, 0),
        CachedInput = Math.Max(cached, 0),
        CacheWriteShort = Math.Max(writtenShort, 0),
        CacheWriteLong = Math.Max(writtenLong, 0),
        Output = Math.Max(output, 0),
        Reasoning = Math.Clamp(reasoning, 0, Math.Max(output, 0)),
    };
}
