namespace BudgetProxy.Core.Tokens;

/// <summary>A prefix of a prompt that the provider was seen to hold in its cache, or to put there.</summary>
/// <param name="Tokens">Its length, as the provider counts.</param>
/// <param name="Until">UTC ticks: it is taken to be gone from then on.</param>
/// <param name="Lifetime">Ticks that it lives after a use.</param>
public readonly record struct CachedPrefix(long Tokens, long Until, long Lifetime);
