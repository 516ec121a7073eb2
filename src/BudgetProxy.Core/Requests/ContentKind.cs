namespace BudgetProxy.Core.Requests;

/// <summary>What a counted span of the body is, as far as the counting rules tell spans apart.</summary>
public enum ContentKind
{
    /// <summary>The inside of a JSON string (between its quotes, still escaped) that the model sees as text: roles, contents, system prompts.</summary>
    Text,

    /// <summary>The inside of a JSON string: a participant's <c>name</c>.</summary>
    Name,

    /// <summary>The inside of a JSON string: name or arguments of a tool call.</summary>
    ToolCall,

    /// <summary>The inside of a JSON string: the id that ties a tool's result to its call. Not seen by every model: in the bound only.</summary>
    ToolCallId,

    /// <summary>Raw JSON: the input of a tool call, which Anthropic sends as an object.</summary>
    ToolInput,

    /// <summary>Raw JSON (with its quotes and braces, white space included): one tool definition of <c>tools</c> or <c>functions</c>.</summary>
    ToolSchema,

    /// <summary>Raw JSON: a response schema that the provider renders into the prompt.</summary>
    ResponseSchema,

    /// <summary>The inside of a JSON string: base64 of what the provider encrypted, such as reasoning.</summary>
    Encrypted,

    /// <summary>Raw JSON of something the reader has no rule for: counted as ordinary text of its JSON, a bound.</summary>
    OpaqueJson,

    /// <summary>The inside of a JSON string that is billed as output when rejected: OpenAI <c>prediction.content</c>.</summary>
    Prediction,
}
