namespace BudgetProxy.Core.Tokens;

/// <summary>What the input of a request counts to before it is sent.</summary>
/// <param name="Tokens">Best guess, in tokens.</param>
/// <param name="Bound">What it can't exceed, in tokens; at least <paramref name="Tokens"/>.</param>
/// <param name="PredictionTokens">Tokens of a prediction, billed as output when rejected.</param>
/// <param name="Mix">What it is made of.</param>
/// <param name="Pooled">True when <paramref name="Tokens"/> rests on the calls of all tenants: good to expect, not to charge.</param>
public readonly record struct InputEstimate(long Tokens, long Bound, CountMethod Method, long PredictionTokens = 0, InputMix Mix = default, bool Pooled = false);
