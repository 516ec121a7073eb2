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

    /// <summary>Keeps the key out of logs and error texts.</summary>
    public override string ToString() => $"{BaseUrl} ({(ApiKey is null ? "no key" : "key set")})";
}
