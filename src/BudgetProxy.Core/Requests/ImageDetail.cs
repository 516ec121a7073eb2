namespace BudgetProxy.Core.Requests;

/// <summary>OpenAI's <c>detail</c> of an image; Anthropic images are <see cref="Auto"/>.</summary>
public enum ImageDetail
{
    Auto,
    Low,
    High,
    Original,
}
