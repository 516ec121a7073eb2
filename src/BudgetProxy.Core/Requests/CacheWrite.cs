namespace BudgetProxy.Core.Requests;

/// <summary>The dearest cache write that a request asks for itself. Automatic writes are the rate's business, not the request's.</summary>
public enum CacheWrite
{
    None,

    /// <summary>Anthropic <c>cache_control</c> of 5 minutes; OpenAI's 30 minutes.</summary>
    Short,

    /// <summary>Anthropic <c>ttl: "1h"</c>; OpenAI's <c>ttl: "12h"</c>.</summary>
    Long,
}
