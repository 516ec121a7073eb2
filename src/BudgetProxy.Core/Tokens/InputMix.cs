namespace BudgetProxy.Core.Tokens;

/// <summary>What an estimate is made of, so that it can be set against the provider's own count afterwards.</summary>
/// <param name="Scripts">Characters of the texts counted.</param>
/// <param name="Counted">Tokens of these texts as the stand-in counts, unscaled; 0 where the model's own tokenizer counted.</param>
/// <param name="Rules">Best guess for all the rest, in the provider's own tokens: frame, tools, images.</param>
/// <param name="RulesBound">What all the rest can't exceed.</param>
/// <param name="TextBound">What these texts can't exceed at the static safety factor. With <paramref name="RulesBound"/> the bound, where nothing but a window bounds it.</param>
/// <param name="Separable">True when the provider's count less <paramref name="Rules"/> is that of the texts: nothing in the request has a ceiling only.</param>
public readonly record struct InputMix(ScriptMix Scripts, long Counted, long Rules, long RulesBound, long TextBound, bool Separable)
{
    /// <summary>Best guess in tokens before anything was learned.</summary>
    /// <param name="percent">The measured ratio on the rate row, in percent.</param>
    public long Guess(int percent) => (Counted * percent + 99) / 100 + Rules;
}
