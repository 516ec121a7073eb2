using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// What one process remembers of prompts, by keyed hash and tenant by tenant: how many tokens a long text has, and which prefixes the provider probably still
/// has in its cache. No text is kept. The README of this folder says what is foretold, and when that is wrong. Safe for any number of callers.
/// </summary>
public sealed class PromptMemory
{
    /// <summary>Texts and prefixes remembered at most, each: about 8 MB together.</summary>
    public const int Entries = 1 << 16;

    private readonly TenantMemory<TextCount> _texts = new(Entries);
    private readonly TenantMemory<CachedPrefix> _prefixes = new(Entries);

    /// <summary>The counts of a tenant's long texts.</summary>
    public TenantShare<TextCount> TextsOf(string tenant) => _texts.Of(tenant);

    /// <summary>What the provider's cache will probably do to a counted call, by the tenant's own earlier calls. Hashes the prompt's blocks.</summary>
    /// <param name="model">How the provider caches this model's prompts.</param>
    /// <param name="input">Best guess of the whole input in tokens.</param>
    /// <param name="now">When the call begins, UTC.</param>
    public CacheForecast Foretell(
        ProviderApi api, ProviderRequest request, ReadOnlySpan<byte> body, in CachedModel model, string tenant, long input, DateTimeOffset now)
    {
        if (model.Least == 0 || input < model.Least || request.Blocks.All.IsEmpty)
            return default;
        var share = _prefixes.Of(tenant);
        PrefixChain.Hash(api, request, body, share.Salt);
        return new PrefixSearch(request, model, share, now.UtcTicks).Foretell(input);
    }

    /// <summary>Takes in what the provider reported of a call that was foretold.</summary>
    /// <param name="usage">As the provider reports it.</param>
    /// <param name="begun">When the call began, UTC: lifetimes count from there (Anthropic prompt-caching page, 2026-08).</param>
    public void Learn(ProviderRequest request, in CachedModel model, string tenant, in Usage usage, DateTimeOffset begun)
    {
        if (request.Blocks.Hashed)
            new PrefixSearch(request, model, _prefixes.Of(tenant), begun.UtcTicks).Learn(usage);
    }
}
