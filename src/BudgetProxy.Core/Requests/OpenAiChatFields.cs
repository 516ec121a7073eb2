namespace BudgetProxy.Core.Requests;

/// <summary>What decides only together with another field of an OpenAI chat or responses body, kept until its end.</summary>
internal struct OpenAiChatFields
{
    public long? MaxTokens;
    public long? MaxCompletionTokens;
    public string? SafetyIdentifier;
    public string? User;
    public bool HasMessages;
    public bool ExplicitCache;
    public CacheWrite CacheLifetime;
    public BodySplice UsageSplice;
}
