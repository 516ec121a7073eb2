namespace BudgetProxy.Core.Tokens;

/// <summary>What a provider's cache will probably do to one call, in input tokens; all 0 = nothing.</summary>
/// <param name="CachedInput">Read from it.</param>
/// <param name="WriteShort">Written for the short time.</param>
/// <param name="WriteLong">Written for the long time.</param>
public readonly record struct CacheForecast(long CachedInput, long WriteShort, long WriteLong);
