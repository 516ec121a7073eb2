namespace BudgetProxy.Core.Requests;

/// <summary>What decides only together with another field of an OpenAI chat or responses body, kept until its end.</summary>
internal struct OpenAiFields
{
    public long? MaxTokens;
    public long? MaxCompletionTokens;
    public string? SafetyIdentifier;
    public string? User;
    public bool HasMessages;
    public bool ExplicitCache;
    public CacheWrite CacheLifetime;
    public BodySplice UsageSplice;

    /// <summary>What both bodies say of the end user and of the provider's cache.</summary>
    public readonly void Conclude(ProviderRequest request)
    {
        request.User = SafetyIdentifier ?? User;
        request.CacheOnlyMarked = ExplicitCache;
        request.CacheWriteOff = ExplicitCache && request.CacheWrite == CacheWrite.None;
        if (!request.CacheWriteOff)
            CommonFields.Raise(request, CacheLifetime);
    }
}
