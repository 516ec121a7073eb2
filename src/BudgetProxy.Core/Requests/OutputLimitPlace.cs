namespace BudgetProxy.Core.Requests;

/// <summary>Where a body says how much may be answered, so that it can be lowered in the bytes.</summary>
public readonly record struct OutputLimitPlace
{
    /// <summary>The limit's value; length 0 = the body has no such field.</summary>
    public ContentSpan Value { get; init; }

    /// <summary>The value of a second field that says the same (OpenAI's <c>max_tokens</c> beside <c>max_completion_tokens</c>); length 0 = there is none.</summary>
    public ContentSpan Same { get; init; }

    /// <summary>Anthropic's <c>thinking.budget_tokens</c> where it is below the limit, as it must stay; length 0 = there is none.</summary>
    public ContentSpan Thinking { get; init; }

    /// <summary>The number that stands at <see cref="Thinking"/>.</summary>
    public long ThinkingTokens { get; init; }

    /// <summary>Byte offset at which the field is put where the body has none: just after the opening brace, since another field always follows.</summary>
    public int InsertAt { get; init; }

    /// <summary>The field that is put there, up to its value: <c>"max_output_tokens":</c>.</summary>
    public ReadOnlyMemory<byte> Field { get; init; }
}
