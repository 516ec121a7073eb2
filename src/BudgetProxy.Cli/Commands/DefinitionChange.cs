using System.Text.Json;

namespace BudgetProxy.Cli.Commands;

/// <summary>What setting a definition came to.</summary>
/// <param name="Document">As it now stands.</param>
/// <param name="Made">True where there was none before.</param>
/// <param name="Differences">What was changed, a line each; none = it was so already.</param>
internal sealed record DefinitionChange(JsonElement Document, bool Made, IReadOnlyList<string> Differences)
{
    /// <summary>The change in words.</summary>
    /// <param name="subject">What was set: <c>Tenant acme</c>.</param>
    public string InWords(string subject) =>
        Made ? $"{subject} is made." : Differences.Count == 0 ? $"{subject} was so already." : $"{subject} is changed: {string.Join("; ", Differences)}.";
}
