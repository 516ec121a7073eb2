using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>
/// What OpenAI counts, by its published rules alone: it reads the body as a document, counts with the slow tokenizer and shares nothing with the
/// product. Where the rules leave room a <see cref="Doubt"/> of 0 takes the least and 1 the most that they leave.
/// </summary>
internal sealed record SlowOpenAi(string Model)
{
    private static readonly JsonSerializerOptions Minified = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly ReferenceBpe O200k = new(TokenEncoding.O200kBase);
    private static readonly ReferenceBpe Cl100k = new(TokenEncoding.Cl100kBase);

    private bool _certain = true;

    public int Priming { get; init; } = 3;

    public int Message { get; init; } = 3;

    public int Name { get; init; } = 1;

    public int Function { get; init; } = 7;

    public int Properties { get; init; } = 3;

    public int Property { get; init; } = 3;

    public int Enumeration { get; init; } = -3;

    public int Item { get; init; } = 3;

    public int ToolsEnd { get; init; } = 12;

    public double Doubt { get; init; }

    /// <summary>Tokens of a chat, and whether the rules leave no room in it.</summary>
    public (long Tokens, bool Certain) Chat(JsonObject body)
    {
        _certain = !Reasons;
        var total = Priming + Doubted(Reasons ? 64 : 0);
        foreach (var message in body["messages"]!.AsArray())
            total += CountMessage(message!.AsObject());
        if (body["tools"] is JsonArray tools)
            total += CountTools(tools);
        if (body["tool_choice"] is { } choice && choice.ToJsonString() != "\"auto\"")
            total += Doubted(8) + (choice is JsonObject forced ? Doubted(Text(forced["function"]!["name"]!.GetValue<string>())) : 0);
        if (body["response_format"] is JsonObject format)
            total += Doubted(10) + (format["json_schema"] is { } schema ? 20 + Text("answer") + Text(Json(schema["schema"]!)) : 0);
        return (total, _certain);
    }

    /// <summary>Tokens of a response's prompt, if it is laid out as a chat is: no rule is published for it, so it is certain of none.</summary>
    public long Response(JsonObject body)
    {
        var total = Priming + Doubted(Reasons ? 80 : 16);
        if (body["instructions"] is { } instructions)
            total += ItemFrame("system") + Text(instructions.GetValue<string>());
        total += body["input"] is JsonArray items ? items.Sum(item => CountItem(item!.AsObject())) : ItemFrame("user") + Text(body["input"]!.GetValue<string>());
        if (body["tools"] is JsonArray tools)
            total += CountTools([.. tools.Select(tool => new JsonObject { ["function"] = tool!.DeepClone() })]);
        if (body["tool_choice"] is { } choice && choice.ToJsonString() != "\"auto\"")
            total += Doubted(8) + (choice is JsonObject forced ? Doubted(Text(forced["name"]!.GetValue<string>())) : 0);
        if (body["text"]?["format"] is JsonObject format)
            total += Doubted(10) + (format["schema"] is { } schema ? 20 + Text("answer") + Text(Json(schema)) : 0);
        return total;
    }

    /// <summary>Output tokens of a prediction that is rejected whole.</summary>
    public long Prediction(JsonObject body) => body["prediction"]?["content"] is { } content ? Contents(content).Sum(Text) : 0;

    public long Embeddings(JsonObject body) => body["input"] switch
    {
        JsonArray inputs => inputs.Sum(one => one is JsonArray tokens ? tokens.Count : one!.GetValueKind() == JsonValueKind.Number ? 1 : Text(one.GetValue<string>())),
        var text => Text(text!.GetValue<string>()),
    };

    public int Text(string text) => (IsOld ? Cl100k : O200k).Count(text);

    private bool Reasons => Model.StartsWith("gpt-5", StringComparison.Ordinal);

    private bool IsOld => Model is "gpt-4" or "text-embedding-3-small";

    private static string Json(JsonNode node) => node.ToJsonString(Minified);

    private static IEnumerable<string> Contents(JsonNode content) =>
        content is JsonArray parts ? parts.Select(part => part!["text"]!.GetValue<string>()) : [content.GetValue<string>()];

    private long Doubted(long most)
    {
        _certain &= most == 0;
        return (long)(most * Doubt);
    }

    private long CountMessage(JsonObject message)
    {
        var total = Message + Text(message["role"]!.GetValue<string>()) + Doubted(Reasons ? 4 : 0);
        if (message["name"] is { } name)
            total += Text(name.GetValue<string>()) + Name;
        if (message["refusal"] is { } refusal)
            total += Text(refusal.GetValue<string>());
        if (message["tool_call_id"] is { } id)
            total += Doubted(Text(id.GetValue<string>()));
        foreach (var call in message["tool_calls"]?.AsArray() ?? [])
            total += 6 + Doubted(6) + Text(call!["function"]!["name"]!.GetValue<string>()) + Text(call["function"]!["arguments"]!.GetValue<string>());
        if (message["content"] is JsonArray parts)
        {
            // Whether tokens merge over the joint is not told; apart, the parts count no less.
            _certain &= parts.Count < 2;
            return total + parts.Sum(part => Part(part!));
        }

        return total + (message["content"] is { } content ? Text(content.GetValue<string>()) : 0);
    }

    private long ItemFrame(string role) => Message + Text(role) + Doubted(1);

    private long CountItem(JsonObject item)
    {
        var total = ItemFrame(item["role"]?.GetValue<string>() ?? "assistant");
        if (item["type"]?.GetValue<string>() is "function_call" or "custom_tool_call")
            total += 6 + Doubted(10);
        foreach (var name in (string[])["name", "arguments", "input"])
            total += item[name] is { } text ? Text(text.GetValue<string>()) : 0;
        foreach (var name in (string[])["id", "call_id"])
            total += item[name] is { } id ? Doubted(Text(id.GetValue<string>())) : 0;
        foreach (var name in (string[])["content", "summary", "output"])
        {
            total += item[name] is JsonArray parts ? parts.Sum(part => ItemPart(part!)) + Doubted(2 * Math.Max(parts.Count - 1, 0))
                : item[name] is { } text ? Text(text.GetValue<string>()) : 0;
        }

        return total;
    }

    private long ItemPart(JsonNode part) => part["text"] is { } text ? Text(text.GetValue<string>())
        : Image(new JsonObject { ["url"] = part["image_url"]!.DeepClone(), ["detail"] = part["detail"]?.DeepClone() });

    private long Part(JsonNode part) => part["text"] is { } text ? Text(text.GetValue<string>())
        : part["input_audio"] is { } audio ? Audio(Convert.FromBase64String(audio["data"]!.GetValue<string>()))
        : Image(part["image_url"]!);

    // A token for each tenth of a second that has begun, of samples behind a header of 44 bytes.
    private long Audio(byte[] wav)
    {
        _certain = false;
        return (long)Math.Ceiling((wav.Length - 44) * 10m / BitConverter.ToInt32(wav, 28));
    }

    private long Image(JsonNode image)
    {
        var detail = image["detail"]?.GetValue<string>();
        var size = SlowImages.Size(image["url"]!.GetValue<string>());
        var (first, tile) = Model == "gpt-4o-mini" ? (2833, 5667) : Model == "gpt-5" ? (70, 140) : (85, 170);
        if (PatchRule() is var (budget, side, multiplier, unknown))
        {
            _certain &= size is not null;
            if (budget == 0 && detail is ("low" or "high"))
                (budget, side, unknown) = (2500, 2048, 2500);
            return size is var (width, height) ? SlowImages.Patches(width, height, budget, side, multiplier) : Doubted(unknown);
        }

        if (Model == "gpt-4")
            return Doubted(10_000);
        if (detail == "low")
        {
            // Its cost is certain, and still the product calls what it did not see no exact count.
            _certain &= size is not null;
            return first;
        }

        if (size is not var (w, h))
            return first + Doubted(8) * tile;
        // Not told: whether a small image is enlarged until it needs another row.
        return SlowImages.Tiles(w, h, first, tile) + (Math.Min(w, h) < 512 ? Doubted(1) * tile : 0);
    }

    // Of a remote image on a model that shrinks none, only the allowance is known.
    private (int Budget, int MaxSide, decimal Multiplier, int Unknown)? PatchRule() => Model switch
    {
        "gpt-4.1-mini" => (1536, 2048, 1.62m, 2489),
        "gpt-4.1-nano" => (1536, 2048, 2.46m, 3779),
        "gpt-5.4" => (2500, 2048, 1, 2500),
        "gpt-5.6-sol" => (0, 0, 1, 10_000),
        _ => null,
    };

    private long CountTools(JsonArray tools)
    {
        long total = ToolsEnd;
        foreach (var tool in tools)
        {
            var function = tool!["function"]!;
            if (function["parameters"]!["additionalProperties"] is not null || Reasons)
                total += (int)Doubted(12) + Text(Rendered(function));
            else
                total += Formula(function);
        }

        return total;
    }

    // The OpenAI cookbook, How_to_count_tokens_with_tiktoken.
    private long Formula(JsonNode function)
    {
        long total = Function + (Model == "gpt-4" ? 3 : 0) + Text(Line(function["name"]!, function["description"]!));
        var properties = function["parameters"]!["properties"]!.AsObject();
        total += properties.Count > 0 ? Properties : 0;
        foreach (var (key, property) in properties)
        {
            total += Property + Text(Line(key, property!["type"]!, property["description"]!));
            if (property["enum"] is JsonArray items)
                total += Enumeration + items.Sum(item => Item + Text(item!.GetValue<string>()));
        }

        return total;
    }

    private static string Line(params JsonNode[] parts)
    {
        var line = string.Join(':', parts.Select(part => part.GetValue<string>()));
        return line.EndsWith('.') ? line[..^1] : line;
    }

    // The TypeScript-like form in which the models see definitions that are not flat.
    private static string Rendered(JsonNode function)
    {
        var text = new StringBuilder($"// {function["description"]}\ntype {function["name"]} = (_: ");
        Render(text, function["parameters"]!);
        return text.Append(") => any;\n").ToString();
    }

    private static void Render(StringBuilder text, JsonNode schema)
    {
        if (schema["enum"] is JsonArray items)
            text.AppendJoin(" | ", items.Select(item => Json(item!)));
        else if (schema["properties"] is not JsonObject properties)
            text.Append(schema["items"] is { } inner ? inner["type"] + "[]" : schema["type"]!.ToString());
        else
        {
            text.Append("{\n");
            foreach (var (key, property) in properties)
            {
                if (property!["description"] is { } description)
                    text.Append($"// {description}\n");
                text.Append(key).Append("?: ");
                Render(text, property);
                text.Append(",\n");
            }

            text.Append('}');
        }
    }
}
