namespace BudgetProxy.Core.Tokens;

/// <summary>How a provider caches the prompts of one model.</summary>
/// <param name="Least">Tokens of a cached prefix at least; 0 = it never caches.</param>
/// <param name="Step">Cached tokens are a multiple of this, wherever it falls; 1 = a prefix ends where a block with a marker does.</param>
/// <param name="WritesUnasked">True where the last block counts as marked (OpenAI since GPT-5.6).</param>
public readonly record struct CachedModel(int Least, int Step, bool WritesUnasked)
{
    public static CachedModel Of(ModelProfile profile, bool writesUnasked) => new(profile.MinCachedPrefix, profile.CachedStep, writesUnasked);
}
