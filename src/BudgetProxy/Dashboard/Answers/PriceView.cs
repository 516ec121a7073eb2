namespace BudgetProxy.Dashboard.Answers;

/// <summary>Prices of a million tokens in USD.</summary>
public sealed record PriceView(decimal Input, decimal? CachedInput, decimal? CacheWriteShort, decimal? CacheWriteLong, decimal Output);
