namespace BudgetProxy.Core.Requests;

/// <summary>What decides only together with another field of an OpenAI chat or responses body, kept until its end.</summary>
internal struct OpenAiFields
{
    public long? MaxTokens;
    public long? MaxCompletionTokens;
    public ContentSpan MaxTokensAt;
    public ContentSpan MaxCompletionTokensAt;

    /// <summary>Byte offset just after the body's opening brace.</summary>
    public int Inside;
    public string? SafetyIdentifier;
    public string? User;
    public bool HasMessages;
    public bool ExplicitCache;
    public CacheWrite CacheLifetime;
    public BodySplice UsageSplice;

    /// <summary>Reads <c>max_tokens</c>, or what the format calls it.</summary>
    public void ReadMaxTokens(ref BodyCursor cursor, long least)
    {
        MaxTokensAt = cursor.TokenSpan;
        MaxTokens = cursor.WholeNumber(least);
    }

    /// <summary>Reads <c>max_completion_tokens</c>.</summary>
    public void ReadMaxCompletionTokens(ref BodyCursor cursor)
    {
        MaxCompletionTokensAt = cursor.TokenSpan;
        MaxCompletionTokens = cursor.WholeNumber(1);
    }

    /// <summary>Where the limit stands: in the field that has a number, else in one that is null, else nowhere.</summary>
    /// <param name="field">What to put in where it stands nowhere.</param>
    public readonly OutputLimitPlace LimitPlace(ReadOnlyMemory<byte> field)
    {
        var current = MaxCompletionTokens is not null || (MaxTokens is null && MaxCompletionTokensAt.Length > 0);
        return new OutputLimitPlace
        {
            Value = current ? MaxCompletionTokensAt : MaxTokensAt,
            Same = MaxCompletionTokens is not null && MaxTokens is not null ? MaxTokensAt : default,
            InsertAt = Inside,
            Field = field,
        };
    }

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
