namespace BudgetProxy.Demo;

/// <summary>One call that the demo makes, and what must become of it.</summary>
/// <param name="Call">What it is called in the table.</param>
/// <param name="Path">Path at the proxy.</param>
/// <param name="Body">JSON as the provider's own API takes it.</param>
/// <param name="OutputTokens">What the simulated provider answers with, if it is asked.</param>
/// <param name="Refused">True where the budget can't take it.</param>
internal sealed record DemoStep(string Call, string Path, string Model, bool Streamed, string Body, int OutputTokens, bool Refused = false)
{
    public bool Anthropic => Path.StartsWith("/anthropic/", StringComparison.Ordinal);

    /// <summary>
    /// A month's budget of 5 cents, spent by calls to both providers until it can't take the worst case of the next one, and what still fits then.
    /// </summary>
    public static IReadOnlyList<DemoStep> All { get; } =
    [
        Chat("gpt-4o-mini", false, 400, 120, "Say in one sentence what a reverse proxy does."),
        Chat("gpt-4o", true, 600, 350, "Explain to a new colleague why a budget is checked before a call and not after it."),
        Messages("claude-sonnet-4-5", false, 800, 400, "Summarise the difference between a reservation and a settlement."),
        Messages("claude-sonnet-4-5", true, 800, 520, "Write a short note to a customer whose monthly budget is nearly used up."),
        new("OpenAI embeddings", "/openai/v1/embeddings", "text-embedding-3-large", false,
            """{"model":"text-embedding-3-large","input":["reserve the worst case","settle the true cost"]}""", 0),
        Chat("gpt-4o", true, 1000, 700, "List the things that can go wrong while an answer is streamed."),
        Messages("claude-opus-4-5", true, 800, 600, "Draft a fair rule for sharing one budget between three teams."),
        Messages("claude-opus-4-5", false, 800, 600, "Now draft the same rule for ten teams.", refused: true),
        Chat("gpt-4o-mini", false, 400, 200, "Then at least name the rule in three words."),
        Chat("gpt-4o", true, 2000, 900, "And explain it at length.", refused: true),
    ];

    private static DemoStep Chat(string model, bool streamed, int maxTokens, int output, string text, bool refused = false) =>
        new("OpenAI chat", "/openai/v1/chat/completions", model, streamed, Request(model, streamed, maxTokens, text), output, refused);

    private static DemoStep Messages(string model, bool streamed, int maxTokens, int output, string text, bool refused = false) =>
        new("Anthropic messages", "/anthropic/v1/messages", model, streamed, Request(model, streamed, maxTokens, text), output, refused);

    /// <summary>Both providers take the same body here.</summary>
    private static string Request(string model, bool streamed, int maxTokens, string text)
    {
        var stream = streamed ? "\"stream\":true," : "";
        return $$"""{"model":"{{model}}",{{stream}}"max_tokens":{{maxTokens}},"messages":[{"role":"user","content":"{{text}}"}]}""";
    }
}
