using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Admin;

/// <summary>
/// Tokens by bucket. <c>Input</c>, <c>CachedInput</c> and the two cache writes are disjoint; the audio, image and reasoning parts are of the whole.
/// </summary>
public sealed record TokensDocument(
    long Input, long CachedInput, long CacheWriteShort, long CacheWriteLong, long Output, long Reasoning, long AudioInput, long AudioOutput,
    long ImageInput, long ToolCalls, long ImageOutput, long FileSearches, long CodeSessions)
{
    public static TokensDocument Of(in Usage usage) => new(
        usage.Input, usage.CachedInput, usage.CacheWriteShort, usage.CacheWriteLong, usage.Output, usage.Reasoning, usage.AudioInput,
        usage.AudioOutput, usage.ImageInput, usage.ToolCalls, usage.ImageOutput, usage.FileSearches, usage.CodeSessions);
}
