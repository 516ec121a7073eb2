namespace BudgetProxy.Core.Requests;

/// <summary>Which price list of a rate applies. OpenAI <c>service_tier</c>: <c>flex</c>, <c>priority</c> or <c>fast</c>; Anthropic <c>speed: fast</c>.</summary>
public enum ServiceTier
{
    Standard,
    Batch,
    Flex,

    /// <summary>OpenAI <c>priority</c>/<c>fast</c>, Anthropic fast mode.</summary>
    Fast,
}
