namespace BudgetProxy.Core.Rates;

/// <summary>What is expected of a call beyond its count, from calls that went before. It moves a quote's expected price, never the worst.</summary>
/// <param name="Output">Output tokens of one answer; cut to the call's limit.</param>
/// <param name="CachedInput">Input tokens that the provider will probably read from its cache.</param>
/// <param name="CacheWriteShort">Input tokens that it will probably write to its short cache.</param>
/// <param name="CacheWriteLong">Input tokens that it will probably write to its long cache.</param>
public readonly record struct Expectation(long Output, long CachedInput = 0, long CacheWriteShort = 0, long CacheWriteLong = 0)
{
    /// <summary>Nothing is known of this caller or this prompt: 512 tokens for each answer, and no cache.</summary>
    public static readonly Expectation Unknown = new(512);
}
