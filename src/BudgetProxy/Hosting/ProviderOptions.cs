using BudgetProxy.Core.Requests;

namespace BudgetProxy.Hosting;

/// <summary>How one provider is reached.</summary>
/// <param name="BaseUrl">Without the version: <c>/openai/v1/x</c> goes to <c>{BaseUrl}/v1/x</c>.</param>
/// <param name="ApiKey">The provider's real key; null = calls go out without a credential, as a local model server wants them.</param>
public sealed record ProviderOptions(Uri BaseUrl, string? ApiKey)
{
    public static readonly IReadOnlyDictionary<Provider, ProviderOptions> Defaults = new Dictionary<Provider, ProviderOptions>
    {
        [Provider.OpenAi] = new(new Uri("https://api.openai.com"), null),
        [Provider.Anthropic] = new(new Uri("https://api.anthropic.com"), null),
    };

    /// <summary>True when the account's own default serves calls that name no tier at the fast one (OpenAI's project setting).</summary>
    public bool DefaultsToFast { get; init; }

    /// <summary>
    /// True when calls that name no region are tied to one, which may cost more: a regional host, or a workspace's setting. OpenAI's regional hosts are
    /// known by their names.
    /// </summary>
    public bool IsRegional { get; init; } = BaseUrl.Host.EndsWith(".api.openai.com", StringComparison.OrdinalIgnoreCase);

    /// <summary>Keeps the key out of logs and error texts.</summary>
    public override string ToString() => $"{BaseUrl} ({(ApiKey is null ? "no key" : "key set")})";
}
