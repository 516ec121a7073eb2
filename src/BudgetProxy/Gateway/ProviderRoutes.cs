using BudgetProxy.Core.Requests;

namespace BudgetProxy.Gateway;

/// <summary>Every path that may reach a provider. What does not stand here is refused as <c>unsupported_route</c>: no path goes uncounted.</summary>
public static class ProviderRoutes
{
    public static readonly IReadOnlyList<ProviderRoute> All =
    [
        new(Provider.OpenAi, "POST", "/openai/v1/chat/completions", "/v1/chat/completions", ProviderApi.OpenAiChat),
        new(Provider.OpenAi, "POST", "/openai/v1/embeddings", "/v1/embeddings", ProviderApi.OpenAiEmbeddings),
        new(Provider.OpenAi, "POST", "/openai/v1/responses", "/v1/responses", ProviderApi.OpenAiResponses),
        new(Provider.OpenAi, "POST", "/openai/v1/completions", "/v1/completions", ProviderApi.OpenAiCompletions),
        new(Provider.OpenAi, "POST", "/openai/v1/moderations", "/v1/moderations", null),
        new(Provider.OpenAi, "GET", "/openai/v1/models", "/v1/models", null),
        new(Provider.OpenAi, "GET", "/openai/v1/models/{model}", "/v1/models/", null),
        new(Provider.Anthropic, "POST", "/anthropic/v1/messages", "/v1/messages", ProviderApi.AnthropicMessages),
        new(Provider.Anthropic, "POST", "/anthropic/v1/messages/count_tokens", "/v1/messages/count_tokens", null),
        new(Provider.Anthropic, "GET", "/anthropic/v1/models", "/v1/models", null),
        new(Provider.Anthropic, "GET", "/anthropic/v1/models/{model}", "/v1/models/", null),
    ];

    /// <summary>The route that <c>/v1/estimate/{provider}/{route}</c> names; null = none that is metered.</summary>
    public static ProviderRoute? FindMetered(string provider, string route)
    {
        foreach (var candidate in All)
        {
            if (candidate.Api is { } api && candidate.Provider.Name() == provider && api.Name() == route)
                return candidate;
        }

        return null;
    }
}
