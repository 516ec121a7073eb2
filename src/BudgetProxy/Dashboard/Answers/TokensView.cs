namespace BudgetProxy.Dashboard.Answers;

/// <summary>Tokens of a call.</summary>
public sealed record TokensView(long Input, long CachedInput, long CacheWriteShort, long CacheWriteLong, long Output, long Reasoning)
{
    /// <summary>All that went in, from the cache or not.</summary>
    public long AllInput => Input + CachedInput + CacheWriteShort + CacheWriteLong;
}
