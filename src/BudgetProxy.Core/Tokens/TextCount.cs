namespace BudgetProxy.Core.Tokens;

/// <summary>What a tokenizer, and where it only stands in a look at the scripts, makes of one text.</summary>
/// <param name="Tokens">As the tokenizer counts.</param>
/// <param name="Allowance">Hundredths of a token by which another tokenizer may exceed the safety factor on this text (<see cref="ScriptAllowance"/>); 0 for ASCII.</param>
/// <param name="Mix">Characters by script; all 0 for the model's own tokenizer.</param>
public readonly record struct TextCount(int Tokens, long Allowance, ScriptMix Mix = default);
