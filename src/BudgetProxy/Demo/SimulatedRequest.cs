using System.Text.Json;

namespace BudgetProxy.Demo;

/// <summary>What the simulated provider understood of a body.</summary>
public sealed record SimulatedRequest
{
    public string Model { get; init; } = "";

    public bool Streamed { get; init; }

    /// <summary>OpenAI's <c>stream_options.include_usage</c>.</summary>
    public bool IncludeUsage { get; init; }

    /// <summary>Output tokens of one choice at most; null = the call sets none.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>How many answers; OpenAI's <c>n</c>.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>How many embeddings are asked for.</summary>
    public int Inputs { get; init; } = 1;

    /// <summary>OpenAI's <c>encoding_format</c> is <c>base64</c>.</summary>
    public bool Base64 { get; init; }

    public string? ServiceTier { get; init; }

    /// <summary>All input tokens, as billed.</summary>
    public long InputTokens { get; init; }

    /// <summary>Why the provider refuses the body with 400; null = it takes it.</summary>
    public string? Error { get; init; }

    /// <summary>Reads a body as <paramref name="path"/> takes it.</summary>
    public static SimulatedRequest Read(string path, ReadOnlyMemory<byte> body, Func<string, string, long> countText)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return new SimulatedRequestReader(path, json.RootElement, countText).Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return new SimulatedRequest { Error = "We could not parse the JSON body of your request." };
        }
    }
}
