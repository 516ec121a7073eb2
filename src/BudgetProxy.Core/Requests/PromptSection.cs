namespace BudgetProxy.Core.Requests;

/// <summary>
/// Where in the prompt a block stands, whatever its place in the body: providers render these in this order (Anthropic prompt-caching page: tools, system,
/// messages; OpenAI prompt-caching page: a response schema is a prefix to the system message; both 2026-08).
/// </summary>
public enum PromptSection
{
    Tools,

    /// <summary>A response schema.</summary>
    Schema,

    /// <summary>Anthropic's <c>system</c>. OpenAI's system messages are messages like any other.</summary>
    System,

    /// <summary>Anthropic's <c>thinking</c> and <c>tool_choice</c>: no block to the provider, but a change makes the messages after it new.</summary>
    Settings,

    Messages,
}
