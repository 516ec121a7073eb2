namespace BudgetProxy.Dashboard.Answers;

/// <summary>What providers' prompt caches saved.</summary>
public sealed record CacheView(long InputTokens, long CachedTokens, decimal SavedUsd);
