namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Characters of a text by script. Where a tokenizer only stands in, its ratio to the model's own differs by script (Claude on English 1.18, on Japanese
/// 1.46: ai-tokenizer 1.0.6, 2026), so what is learned of a model is learned by these. How a body spells its JSON changes nothing.
/// </summary>
/// <param name="Latin">ASCII letters and spaces: prose, and the words of code.</param>
/// <param name="Code">All other ASCII: digits, punctuation, line ends.</param>
/// <param name="TwoByte">U+0080 to U+07FF: accents, Greek, Cyrillic, Hebrew, Arabic.</param>
/// <param name="Cjk">U+3000 to U+DFFF: Chinese, Japanese, Korean.</param>
/// <param name="Other">All else: Indic, Thai, symbols, emoji.</param>
public readonly record struct ScriptMix(long Latin, long Code, long TwoByte, long Cjk, long Other)
{
    /// <summary>How many scripts are told apart.</summary>
    public const int Scripts = 5;

    public static ScriptMix operator +(ScriptMix left, ScriptMix right) => left.Add(right);

    public ScriptMix Add(ScriptMix other) =>
        new(Latin + other.Latin, Code + other.Code, TwoByte + other.TwoByte, Cjk + other.Cjk, Other + other.Other);
}
