namespace BudgetProxy.Core.Requests;

/// <summary>One wire format at one provider that is metered. Its name in the ledger is <see cref="ProviderApiNames.Name"/>.</summary>
public enum ProviderApi
{
    OpenAiChat,
    OpenAiEmbeddings,
    OpenAiResponses,
    OpenAiCompletions,
    AnthropicMessages,

    /// <summary>None: the tenant's code calls the provider itself, and tells what it will use or has used.</summary>
    Direct,
}
