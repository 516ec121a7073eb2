namespace BudgetProxy.Insight;

/// <summary>What the providers' caches did over the days that were asked for.</summary>
/// <param name="InputTokens">All of them.</param>
/// <param name="CachedTokens">Those of them that were read from a cache.</param>
/// <param name="SavedUsd">All input at its plain price − what it cost; below 0 where more was written to caches than was worth it.</param>
public sealed record CacheDocument(long InputTokens, long CachedTokens, string SavedUsd);
