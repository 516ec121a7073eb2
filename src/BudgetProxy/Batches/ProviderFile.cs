using System.Text.Json;

namespace BudgetProxy.Batches;

/// <summary>What is read of OpenAI's file object.</summary>
internal static class ProviderFile
{
    /// <summary>The file's id; null = it is no file object.</summary>
    public static string? IdOf(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("id", out var id)
                && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 } text
                ? text
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
