namespace BudgetProxy.Core.Requests;

/// <summary>Whose API a call goes to.</summary>
public enum Provider
{
    OpenAi,
    Anthropic,
    Azure,
    Bedrock,
    Vertex,
    Ollama,
}
