namespace BudgetProxy.Core.Tokens;

/// <summary>How the input of one model is counted, and how much it may take and give. Stands on the model's rate row.</summary>
public sealed record ModelProfile
{
    /// <summary>
    /// Of a model that nobody described: its text counts at most twice what the nearest vocabulary gives, it takes any input, and a call without a limit of its
    /// own reserves what <c>Quote.UnknownMaxOutput</c> says.
    /// </summary>
    public static readonly ModelProfile Unknown = new() { SafetyPercent = 200 };

    public TokenEncoding Encoding { get; init; }

    /// <summary>True when <see cref="Encoding"/> is the model's own tokenizer; otherwise it stands in and the safety factor applies.</summary>
    public bool ExactEncoding { get; init; }

    /// <summary>
    /// Upper bound = count × this / 100, until a tenant's own calls have taught a lower one (the README of Learning). 100 for an exact tokenizer.
    /// </summary>
    public int SafetyPercent { get; init; } = 100;

    /// <summary>Best guess = count × this / 100: the measured ratio of the model's own count to the stand-in's. 100 for an exact tokenizer.</summary>
    public int ExpectedPercent { get; init; } = 100;

    /// <summary>True when text is counted by the model's own tokenizer and at no ratio: nothing stands in for it.</summary>
    public bool HasOwnTokenizer => this is { ExactEncoding: true, SafetyPercent: <= 100, ExpectedPercent: 100 };

    /// <summary>Best guess of the model's own count of a text that <see cref="Encoding"/> counts so many tokens in, rounded up.</summary>
    public long BestGuess(long counted) => ((counted * ExpectedPercent) + 99) / 100;

    /// <summary>True for models that reason before they answer: output we don't see, and a little hidden input.</summary>
    public bool Reasoning { get; init; }

    /// <summary>True for gpt-4 and gpt-3.5, whose tool definitions cost 10 instead of 7 each (OpenAI cookbook).</summary>
    public bool LegacyToolCosts { get; init; }

    /// <summary>
    /// Input tokens of one request at most: a call above is refused by the provider unbilled. For embeddings the sum of all inputs, not the limit of each
    /// (OpenAI API reference, embeddings, 2026-08: 300,000). 0 = not known.
    /// </summary>
    public long MaxInput { get; init; }

    /// <summary>Output tokens of one answer at most: the reservation when the caller sets no limit. 0 = not known.</summary>
    public long MaxOutput { get; init; }

    /// <summary>Anthropic: tokens of the hidden system prompt when tools are sent and none is forced.</summary>
    public int ToolSystemTokens { get; init; }

    /// <summary>Anthropic: the same when <c>tool_choice</c> is <c>any</c> or <c>tool</c>.</summary>
    public int ForcedToolSystemTokens { get; init; }

    /// <summary>
    /// Input tokens from which the provider caches a prefix (OpenAI prompt-caching page, 2026-08: 1,024; Anthropic prompt-caching page, 2026-08: 512 to
    /// 4,096 by model). 0 = it never does, or nobody says so.
    /// </summary>
    public int MinCachedPrefix { get; init; }

    /// <summary>Cached tokens are a multiple of this: 128 at OpenAI before GPT-5.6, which then cuts the prefix anywhere; 1 = where a block ends (same pages).</summary>
    public int CachedStep { get; init; } = 1;

    public VisionRule Vision { get; init; } = VisionRule.None;
}
