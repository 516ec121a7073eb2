using System.Text.Json;

namespace BudgetProxy.Demo;

/// <summary>
/// Reads a body the way a provider's front does, and counts its input: the texts by the counter given, plus the overhead of chat messages.
/// Nothing else of the body is counted, so that the sum never exceeds what a true upper bound allows.
/// </summary>
internal sealed class SimulatedRequestReader(string path, JsonElement root, Func<string, string, long> countText)
{
    /// <summary>Per message 3 tokens and its role, per call 3 (OpenAI cookbook, How_to_count_tokens).</summary>
    private const int OpenAiPerMessage = 4;
    private const int OpenAiPerCall = 3;

    /// <summary>OpenAI's limit of <c>n</c>.</summary>
    private const int MaxChoices = 128;

    /// <summary>Anthropic publishes none; small enough for any bound.</summary>
    private const int AnthropicPerMessage = 2;

    private readonly string _model = Text(root, "model") ?? "";

    public SimulatedRequest Read() => new SimulatedRequest
    {
        Model = _model,
        Streamed = Flag(root, "stream"),
        IncludeUsage = root.TryGetProperty("stream_options", out var options) && Flag(options, "include_usage"),
        MaxTokens = MaxTokens(),
        Choices = ChoiceCount(),
        Inputs = InputCount(),
        Base64 = Text(root, "encoding_format") is "base64",
        ServiceTier = Text(root, "service_tier"),
        InputTokens = CountInput(),
        Error = FindError(),
    };

    private long? MaxTokens() => Number(root, "max_output_tokens") ?? Number(root, "max_completion_tokens") ?? Number(root, "max_tokens")
        ?? (path is "/v1/completions" ? 16 : null);

    private string? FindError()
    {
        if (_model.Length == 0 && path is not "/v1/moderations")
            return "you must provide a model parameter";
        if (path is "/v1/messages" && Number(root, "max_tokens") is not >= 0)
            return "max_tokens: a number of at least 0 is required";
        if (path is "/v1/chat/completions" && (MaxTokens() is < 1 || Number(root, "n") is < 1 or > MaxChoices))
            return $"'max_tokens' must be at least 1 and 'n' at most {MaxChoices}.";
        if (path is "/v1/messages" or "/v1/messages/count_tokens" or "/v1/chat/completions" && !root.TryGetProperty("messages", out _))
            return "messages: Field required";
        if (path is "/v1/embeddings" or "/v1/responses" && !root.TryGetProperty("input", out _))
            return "you must provide an input parameter";
        if (path is "/v1/chat/completions" && root.TryGetProperty("stream_options", out _) && !Flag(root, "stream"))
            return "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
        return null;
    }

    private long CountInput()
    {
        if (path is "/v1/completions")
            return root.TryGetProperty("prompt", out var prompt) ? CountEmbedding(prompt) : 0;
        if (path is "/v1/embeddings")
            return root.TryGetProperty("input", out var input) ? CountEmbedding(input) : 0;
        if (path.StartsWith("/v1/responses", StringComparison.Ordinal))
            return CountResponse();
        var chat = path is "/v1/chat/completions";
        var tokens = chat ? OpenAiPerCall : 0L;
        if (root.TryGetProperty("system", out var system))
            tokens += CountContent(system);
        if (!root.TryGetProperty("messages", out var messages))
            return tokens;
        foreach (var message in messages.EnumerateArray())
        {
            tokens += chat ? OpenAiPerMessage : AnthropicPerMessage;
            if (message.TryGetProperty("content", out var content))
                tokens += CountContent(content);
        }

        return tokens;
    }

    /// <summary>Instructions and items as chat messages (OpenAI publishes no rule): the texts of each, and arguments and results of calls.</summary>
    private long CountResponse()
    {
        var tokens = (long)OpenAiPerCall;
        if (Text(root, "instructions") is { } instructions)
            tokens += OpenAiPerMessage + countText(_model, instructions);
        if (!root.TryGetProperty("input", out var input))
            return tokens;
        if (input.ValueKind == JsonValueKind.String)
            return tokens + OpenAiPerMessage + CountContent(input);
        foreach (var item in input.EnumerateArray())
        {
            tokens += OpenAiPerMessage;
            foreach (var name in new[] { "content", "output", "arguments", "name" })
                tokens += item.TryGetProperty(name, out var text) ? CountContent(text) : 0;
        }

        return tokens;
    }

    private long CountContent(JsonElement content)
    {
        if (content.ValueKind == JsonValueKind.String)
            return countText(_model, content.GetString()!);
        var tokens = 0L;
        if (content.ValueKind == JsonValueKind.Array)
        {
            foreach (var part in content.EnumerateArray())
                tokens += Text(part, "text") is { } text ? countText(_model, text) : 0;
        }

        return tokens;
    }

    private long CountEmbedding(JsonElement input) => input.ValueKind switch
    {
        JsonValueKind.String => countText(_model, input.GetString()!),
        JsonValueKind.Number => 1,
        JsonValueKind.Array => input.EnumerateArray().Sum(CountEmbedding),
        _ => 0,
    };

    /// <summary>Every candidate of every prompt is billed.</summary>
    private int ChoiceCount() => path is "/v1/completions"
        ? (int)Math.Max(Number(root, "n") ?? 1, Number(root, "best_of") ?? 1) * InputCount()
        : (int)(Number(root, "n") ?? 1);

    private int InputCount()
    {
        if (!root.TryGetProperty(path is "/v1/completions" ? "prompt" : "input", out var input) || input.ValueKind != JsonValueKind.Array || input.GetArrayLength() == 0)
            return 1;
        return input[0].ValueKind == JsonValueKind.Number ? 1 : input.GetArrayLength();
    }

    private static bool Flag(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
}
