using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>
/// A Claude whose tokenizer is any that the published and measured figures allow: it reads the body as a document, counts with the slow
/// tokenizer times a ratio of its own for each script, never above a text's bytes, and adds the measured frame.
/// </summary>
/// <param name="IsNew">Opus 4.7 and later: about 1.36 times the tokens.</param>
/// <param name="Strength">0 = the least that the figures allow, 1 = the most.</param>
internal sealed record SlowClaude(bool IsNew, double Strength)
{
    private static readonly JsonSerializerOptions Minified = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly ReferenceBpe O200k = new(TokenEncoding.O200kBase);

    /// <summary>Tokens of the hidden prompt where tools are sent: free, and forced.</summary>
    public required (int Free, int Forced) ToolPrompt { get; init; }

    public int Tool { get; init; } = 53;

    public double Ratio { get; init; } = 1;

    public long Count(JsonObject body)
    {
        var total = Between(6, 11);
        foreach (var message in body["messages"]!.AsArray())
            total += Between(2, 4) + Content(message!["content"]);
        total += Content(body["system"]);
        if (body["tools"] is JsonArray tools)
            total += (body["tool_choice"]?["type"]?.GetValue<string>() is "any" or "tool" ? ToolPrompt.Forced : ToolPrompt.Free) + tools.Sum(tool => Definition(tool!));
        if (body["output_config"]?["format"]?["schema"] is { } schema)
            total += Text(schema.ToJsonString(Minified)) + Between(0, 256);
        return total + (body["thinking"] is null ? 0 : Between(0, 64));
    }

    private long Between(int least, int most) => least + (long)((most - least) * Strength);

    private long Content(JsonNode? content) => content switch
    {
        null => 0,
        JsonArray blocks => blocks.Sum(block => Block(block!)),
        _ => Text(content.GetValue<string>()),
    };

    private long Block(JsonNode block) => block["type"]!.GetValue<string>() switch
    {
        "text" => Of(block, "text"),
        "thinking" => Of(block, "thinking") + Of(block, "signature"),
        "tool_use" => Between(4, 32) + Of(block, "name") + block["input"]!.AsObject().Sum(pair => Text(Parameter(pair.Key, pair.Value!))),
        "tool_result" => Between(4, 32) + Content(block["content"]),
        "image" => Image(block["source"]!),
        "search_result" => Between(0, 32) + Of(block, "title") + Of(block, "source") + Content(block["content"]),
        _ => Between(0, 32) + Of(block, "title") + Of(block, "context") + Of(block["source"]!, "data") + Content(block["source"]!["content"]),
    };

    private long Image(JsonNode source)
    {
        var (edge, tokens) = IsNew ? (2576, 4784) : (1568, 1568);
        return source["data"] is { } data && SlowImages.Size(data.GetValue<string>()) is var (width, height) ? SlowImages.Claude(width, height, edge, tokens) : tokens;
    }

    private long Definition(JsonNode tool)
    {
        var type = tool["type"]?.GetValue<string>() ?? "custom";
        if (type != "custom")
            return type.StartsWith("bash", StringComparison.Ordinal) ? (IsNew ? 325 : 244) : type.StartsWith("text", StringComparison.Ordinal) ? 700 : 735 + Between(466, 499);
        var total = Tool + Of(tool, "name") + (tool["description"] is null ? 0 : 5 + Of(tool, "description"));
        return total + Properties(tool["input_schema"]!);
    }

    // Fitted: 13 the first property, 12 each further, 5 a description, 9 a set of values, and the texts.
    private long Properties(JsonNode schema)
    {
        var total = Of(schema, "description");
        foreach (var (key, property) in schema["properties"]?.AsObject() ?? [])
        {
            total += (total == 0 ? 13 : 12) + Text(key) + Properties(property!) + (property!["description"] is null ? 0 : 5);
            if (property["enum"] is JsonArray items)
                total += 9 + items.Sum(item => Text(item!.GetValue<string>()));
        }

        return total;
    }

    private static string Parameter(string key, JsonNode value) =>
        $"<parameter name=\"{key}\">{(value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(Minified))}</parameter>";

    private long Of(JsonNode node, string field) => node[field] is { } text ? Text(text.GetValue<string>()) : 0;

    private long Text(string text)
    {
        var most = IsNew ? 1.8 : 1.35;
        var tokens = O200k.Count(text) * (1 + (most - 1) * Strength) * Ratio;
        foreach (var rune in text.EnumerateRunes())
        {
            tokens += rune.Value switch
            {
                < 0x80 => 0,
                < 0x800 => 0.33 * Strength,
                // 1.6 where English has 1.35, 2.1 where it has 1.8.
                >= 0x3000 and < 0xA000 or >= 0xAC00 and < 0xD7B0 or >= 0xFF00 and < 0xFFF0 => 0.3 * Strength,
                _ => rune.Utf8SequenceLength * Strength - 0.5,
            };
        }

        return (long)Math.Min(Math.Max(tokens, 0), Encoding.UTF8.GetByteCount(text));
    }
}
