using System.Text.Json;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Batches;

/// <summary>
/// What a provider says of one of its batches (sources: OpenAI API reference, the batch object; Anthropic API reference, the message batch object, 2026-08).
/// </summary>
public sealed record ProviderBatch
{
    public required string Id { get; init; }

    /// <summary>True once nothing of it will run any more.</summary>
    public required bool Ended { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>OpenAI: the input file.</summary>
    public string? InputFile { get; init; }

    /// <summary>OpenAI: files of results that there are.</summary>
    public IReadOnlyList<string> ResultFiles { get; init; } = [];

    /// <summary>Lines that the provider says were answered; null = it does not say.</summary>
    public int? Answered { get; init; }

    /// <summary>Lines of the batch as the provider counts them; 0 where it does not say.</summary>
    public int Total { get; init; }

    /// <summary>Reads the provider's own object; null = it is none.</summary>
    public static ProviderBatch? Read(Provider provider, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || Text(json, "id") is not { Length: > 0 } id)
            return null;
        return provider == Provider.Anthropic ? ReadAnthropic(json, id) : ReadOpenAi(json, id);
    }

    /// <inheritdoc cref="Read(Provider, JsonElement)"/>
    public static ProviderBatch? Read(Provider provider, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(provider, document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ProviderBatch ReadOpenAi(JsonElement json, string id) => new()
    {
        Id = id,
        Ended = Text(json, "status") is "completed" or "expired" or "cancelled" or "failed",
        CreatedAt = json.TryGetProperty("created_at", out var created) && created.ValueKind == JsonValueKind.Number && created.TryGetInt64(out var seconds)
            ? DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, int.MaxValue))
            : default,
        InputFile = Text(json, "input_file_id"),
        ResultFiles = [.. new[] { Text(json, "output_file_id"), Text(json, "error_file_id") }.OfType<string>().Where(file => file.Length > 0)],
        Answered = CountOrNull(json, "completed"),
        Total = Count(json, "total"),
    };

    private static ProviderBatch ReadAnthropic(JsonElement json, string id) => new()
    {
        Id = id,
        Ended = Text(json, "processing_status") == "ended",
        CreatedAt = json.TryGetProperty("created_at", out var created) && created.ValueKind == JsonValueKind.String && created.TryGetDateTimeOffset(out var at) ? at : default,
        Answered = CountOrNull(json, "succeeded"),
        Total = Count(json, "processing") + Count(json, "succeeded") + Count(json, "errored") + Count(json, "canceled") + Count(json, "expired"),
    };

    private static int Count(JsonElement json, string name) => CountOrNull(json, name) ?? 0;

    private static int? CountOrNull(JsonElement json, string name) =>
        json.TryGetProperty("request_counts", out var counts) && counts.ValueKind == JsonValueKind.Object
        && counts.TryGetProperty(name, out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var value) ? value : null;

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
