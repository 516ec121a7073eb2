namespace BudgetProxy.Core.Requests;

/// <summary>The providers' names as paths, configuration, rates and the ledger spell them.</summary>
public static class ProviderNames
{
    public static string Name(this Provider provider) => provider switch
    {
        Provider.OpenAi => "openai",
        Provider.Anthropic => "anthropic",
        Provider.Azure => "azure",
        Provider.Bedrock => "bedrock",
        Provider.Vertex => "vertex",
        Provider.Ollama => "ollama",
        _ => throw new ArgumentOutOfRangeException(nameof(provider), provider, "Not a provider."),
    };

    public static bool TryParse(string? name, out Provider provider)
    {
        foreach (var candidate in Enum.GetValues<Provider>())
        {
            if (string.Equals(candidate.Name(), name, StringComparison.Ordinal))
            {
                provider = candidate;
                return true;
            }
        }

        provider = default;
        return false;
    }
}
