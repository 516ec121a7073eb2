namespace BudgetProxy.Core.Tokens;

/// <summary>How a provider caches the prompts of one model.</summary>
/// <param name="Least">Tokens of a cached prefix at least; 0 = it never caches.</param>
/// <param name="Step">Cached tokens are a multiple of this, wherever it falls; 1 = a prefix ends where a block with a marker does.</param>
/// <param name="WritesUnasked">True where the last block counts as marked (OpenAI since GPT-5.6).</param>
public readonly record struct CachedModel(int Least, int Step, bool WritesUnasked)
{
    /// <summary>True where every prefix is held, cut in steps, and none is written for a fee (OpenAI before GPT-5.6).</summary>
    public bool InSteps => Step > 1;

    public static CachedModel Of(ModelProfile profile, bool writesUnasked) => new(profile.MinCachedPrefix, profile.CachedStep, writesUnasked);

    /// <summary>
    /// How long a prefix lives after it was last used. OpenAI before GPT-5.6: 5 to 10 minutes, taken as 10, or a day where it is asked to keep it; since, 30
    /// minutes or 12 hours. Anthropic: 5 minutes or an hour (OpenAI and Anthropic prompt-caching pages, 2026-08).
    /// </summary>
    /// <param name="extended">True where the request asks for the longer time.</param>
    public TimeSpan Lifetime(bool extended) => this switch
    {
        { InSteps: true } => extended ? TimeSpan.FromDays(1) : TimeSpan.FromMinutes(10),
        { WritesUnasked: true } => extended ? TimeSpan.FromHours(12) : TimeSpan.FromMinutes(30),
        _ => extended ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(5),
    };
}
