namespace BudgetProxy.Demo;

/// <summary>How the simulated provider is set up.</summary>
public sealed record SimulatedProviderOptions
{
    /// <summary>Port on 127.0.0.1; 0 = a free one.</summary>
    public int Port { get; init; }

    /// <summary>The only key that OpenAI routes take; null = any.</summary>
    public string? OpenAiKey { get; init; }

    /// <summary>The only key that Anthropic routes take; null = any.</summary>
    public string? AnthropicKey { get; init; }

    /// <summary>
    /// Tokens of a text for a model. Unless set, its words, split at white space: OpenAI's pre-tokenizers never let a token span two of them, so
    /// this is never above the true count.
    /// </summary>
    public Func<string, string, long> CountText { get; init; } = static (_, text) => CountWords(text);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    private static long CountWords(string text)
    {
        var words = 0L;
        var inside = false;
        foreach (var letter in text)
        {
            if (!inside && !char.IsWhiteSpace(letter))
                words++;
            inside = !char.IsWhiteSpace(letter);
        }

        return words;
    }
}
