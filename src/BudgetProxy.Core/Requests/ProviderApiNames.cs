namespace BudgetProxy.Core.Requests;

/// <summary>The names of the wire formats: the route below <c>/v1/</c>, and <c>direct</c> for none.</summary>
public static class ProviderApiNames
{
    public static string Name(this ProviderApi api) => api switch
    {
        ProviderApi.OpenAiChat => "chat/completions",
        ProviderApi.OpenAiEmbeddings => "embeddings",
        ProviderApi.OpenAiResponses => "responses",
        ProviderApi.OpenAiCompletions => "completions",
        ProviderApi.AnthropicMessages => "messages",
        ProviderApi.Direct => "direct",
        _ => throw new ArgumentOutOfRangeException(nameof(api), api, "Not a metered API."),
    };
}
