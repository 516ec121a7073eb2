using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>Bodies that hold anything their wire format can, from a fixed seed.</summary>
internal sealed class RandomBodies(int seed)
{
    private static readonly string[] Words =
    [
        "weather", "The quick brown fox.", "get_x", "a", "Ünïcode Größe", "今日は良い天気", "我们去公园散步", "Привет, мир", "😀🎉", "नमस्ते", "{\"a\":[1,true]}", "<|endoftext|>", "line\r\n\tnext", "\"quoted\\\"", "  ",
        "function_name", "https://example.com/a?b=c&d=1", "x.y.z", "42", "ends with a stop.",
    ];

    private static readonly int[] Sides = [1, 16, 300, 384, 385, 511, 512, 513, 768, 1000, 1080, 1568, 1920, 2048, 2160, 3000, 4096, 7000];

    private static readonly string[] Scalars = ["string", "number", "integer", "boolean"];

    private readonly Random _random = new(seed);
    private readonly RandomTexts _texts = new(seed);

    public JsonObject Chat()
    {
        var body = new JsonObject { ["model"] = "m", ["messages"] = Many(1, 5, ChatMessage) };
        Maybe(3, () => body["tools"] = Many(1, 3, ChatTool));
        Maybe(6, () => body["tool_choice"] = Choose<JsonNode>(() => "auto", () => "required", () => new JsonObject { ["type"] = "function", ["function"] = new JsonObject { ["name"] = Text() } }));
        Maybe(6, () => body["response_format"] = Choose<JsonNode>(
            () => new JsonObject { ["type"] = "json_object" },
            () => new JsonObject { ["type"] = "json_schema", ["json_schema"] = new JsonObject { ["name"] = "answer", ["strict"] = true, ["schema"] = Schema(2) } }));
        Maybe(6, () => body["prediction"] = new JsonObject
        {
            ["type"] = "content", ["content"] = Choose<JsonNode>(() => Text(), () => new JsonArray(TextPart(), TextPart())),
        });
        Maybe(8, () => body["reasoning_effort"] = "low");
        Maybe(8, () => body["parallel_tool_calls"] = false);
        return body;
    }

    public JsonObject Response()
    {
        var body = new JsonObject { ["model"] = "m", ["input"] = Choose<JsonNode>(() => Text(), () => Many(1, 5, ResponseItem)) };
        Maybe(2, () => body["instructions"] = Text());
        Maybe(3, () => body["tools"] = Many(1, 3, ResponseTool));
        Maybe(6, () => body["tool_choice"] = Choose<JsonNode>(() => "auto", () => "required", () => new JsonObject { ["type"] = "function", ["name"] = Text() }));
        Maybe(6, () => body["text"] = new JsonObject
        {
            ["format"] = Choose<JsonNode>(
                () => new JsonObject { ["type"] = "json_object" },
                () => new JsonObject { ["type"] = "json_schema", ["name"] = "answer", ["strict"] = true, ["schema"] = Schema(2) }),
        });
        Maybe(8, () => body["reasoning"] = new JsonObject { ["effort"] = "low" });
        return body;
    }

    public JsonObject Claude()
    {
        var body = new JsonObject { ["model"] = "m", ["max_tokens"] = 100, ["messages"] = Many(1, 5, ClaudeMessage) };
        Maybe(2, () => body["system"] = Choose<JsonNode>(() => Text(), () => Many(1, 3, ClaudeText)));
        Maybe(3, () => body["tools"] = Many(1, 3, ClaudeTool));
        Maybe(6, () => body["tool_choice"] = new JsonObject { ["type"] = Pick("auto", "none", "any", "tool") });
        Maybe(5, () => body["thinking"] = new JsonObject { ["type"] = "adaptive" });
        Maybe(8, () => body["output_config"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = Schema(2) } });
        return body;
    }

    public JsonObject Embeddings() => new()
    {
        ["model"] = "m",
        ["input"] = Choose<JsonNode>(
            () => Text(), () => Many(1, 5, () => JsonValue.Create(Text())), () => Many(1, 9, () => JsonValue.Create(_random.Next(100_000))),
            () => Many(1, 4, () => Many(1, 4, () => JsonValue.Create(_random.Next(100_000))))),
    };

    /// <summary>A body in a spelling of its own: any character but those of a type may be escaped, white space may stand between tokens.</summary>
    public string Spell(JsonNode body)
    {
        var plain = body.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = _random.Next(3) == 0 });
        var every = _random.Next(1, 30);
        var types = Regex.Matches(plain, "\"type\":\\s*\"").Select(match => match.Index + match.Length).ToHashSet();
        var isType = false;
        var (text, inside) = (new StringBuilder(), false);
        for (var i = 0; i < plain.Length; i++)
        {
            var letter = plain[i];
            inside ^= letter == '"';
            isType = inside && (isType || types.Contains(i + 1));
            var escape = letter != '\\' ? 0 : plain[i + 1] == 'u' ? 6 : 2;
            if (escape > 0)
            {
                text.Append(plain, i, escape);
                i += escape - 1;
            }
            else if (char.IsSurrogate(letter))
                text.Append(letter).Append(plain[++i]);
            else if (inside && !isType && letter != '"' && _random.Next(every) == 0)
                text.Append($"\\u{(int)letter:x4}");
            else
                text.Append(letter);
        }

        return text.ToString();
    }

    private JsonObject ChatMessage() => Choose(
        () => new JsonObject { ["role"] = Pick("system", "developer", "user"), ["content"] = Text() },
        () => Named(new JsonObject { ["role"] = "user", ["content"] = Text() }),
        () => new JsonObject { ["role"] = "user", ["content"] = Many(1, 3, TextPart) },
        () => new JsonObject { ["role"] = "user", ["content"] = new JsonArray(Choose(ImagePart, TextPart), ImagePart()) },
        () => new JsonObject { ["role"] = "user", ["content"] = new JsonArray(ImagePart()) },
        () => new JsonObject { ["role"] = "user", ["content"] = new JsonArray(TextPart(), AudioPart()) },
        () => new JsonObject { ["role"] = "assistant", ["content"] = null, ["refusal"] = Text() },
        () => new JsonObject { ["role"] = "assistant", ["content"] = "", ["tool_calls"] = Many(1, 3, ChatCall) },
        () => new JsonObject { ["role"] = "tool", ["tool_call_id"] = "call_" + _random.Next(), ["content"] = Text() });

    private JsonObject Named(JsonObject message)
    {
        message["name"] = Text();
        return message;
    }

    private JsonObject ChatCall() => new()
    {
        ["id"] = "call_" + _random.Next(), ["type"] = "function", ["function"] = new JsonObject { ["name"] = Text(), ["arguments"] = Input().ToJsonString() },
    };

    private JsonObject TextPart() => new() { ["type"] = "text", ["text"] = Text() };

    private JsonObject ImagePart()
    {
        var image = new JsonObject { ["url"] = _random.Next(6) == 0 ? "https://example.com/a.png" : "data:image/png;base64," + Convert.ToBase64String(Png()) };
        Maybe(2, () => image["detail"] = Pick("auto", "low", "high"));
        return new() { ["type"] = "image_url", ["image_url"] = image };
    }

    private JsonObject AudioPart()
    {
        var bytes = 2 * _random.Next(1, 3) * Pick(8_000, 16_000, 44_100);
        byte[] wav = [.. "RIFF....WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0, .. "data"u8, .. new byte[4 + _random.Next(9_000)]];
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), bytes / 2);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), bytes);
        return new() { ["type"] = "input_audio", ["input_audio"] = new JsonObject { ["data"] = Convert.ToBase64String(wav), ["format"] = "wav" } };
    }

    private byte[] Png()
    {
        byte[] png = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), Sides[_random.Next(Sides.Length)]);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), Sides[_random.Next(Sides.Length)]);
        return png;
    }

    private JsonObject ChatTool()
    {
        var parameters = _random.Next(2) == 0 ? Schema(3) : Flat();
        return new() { ["type"] = "function", ["function"] = new JsonObject { ["name"] = Text(), ["description"] = Text(), ["parameters"] = parameters } };
    }

    // The shape that OpenAI's own formula covers.
    private JsonObject Flat()
    {
        var properties = new JsonObject();
        for (var i = _random.Next(4); i > 0; i--)
        {
            var property = new JsonObject { ["type"] = Pick(Scalars), ["description"] = Text() };
            Maybe(3, () => property["enum"] = Many(1, 6, () => JsonValue.Create(Text())));
            properties[$"p{i}_{Pick(Words)}"] = property;
        }

        return new() { ["type"] = "object", ["properties"] = properties, ["required"] = new JsonArray([.. properties.Take(1).Select(pair => JsonValue.Create(pair.Key))]) };
    }

    private JsonObject Schema(int depth)
    {
        var properties = new JsonObject();
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            properties[$"p{i}_{Pick(Words)}"] = depth > 0 && _random.Next(3) == 0 ? Schema(depth - 1)
                : _random.Next(4) == 0 ? new JsonObject { ["type"] = "array", ["items"] = new JsonObject { ["type"] = Pick(Scalars) } }
                : _random.Next(3) == 0 ? new JsonObject { ["type"] = "string", ["enum"] = Many(1, 20, () => JsonValue.Create(Pick(Words))) }
                : new JsonObject { ["type"] = Pick(Scalars), ["description"] = Text() };
        }

        return new() { ["type"] = "object", ["description"] = Text(), ["properties"] = properties, ["additionalProperties"] = false };
    }

    private JsonObject ResponseItem() => Choose(
        () => new JsonObject { ["role"] = Pick("system", "developer", "user", "assistant"), ["content"] = Text() },
        () => new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = Many(1, 3, () => ResponseText("input_text")) },
        () => new JsonObject { ["type"] = "message", ["role"] = "user", ["content"] = new JsonArray(ResponseText("input_text"), ResponseImage(), ResponseImage()) },
        () => new JsonObject { ["type"] = "message", ["role"] = "assistant", ["id"] = "msg_" + _random.Next(), ["status"] = "completed", ["content"] = Many(1, 2, () => ResponseText("output_text")) },
        () => new JsonObject { ["type"] = "function_call", ["call_id"] = "call_" + _random.Next(), ["name"] = Text(), ["arguments"] = Input().ToJsonString() },
        () => new JsonObject { ["type"] = "function_call_output", ["call_id"] = "call_" + _random.Next(), ["output"] = Choose<JsonNode>(() => Text(), () => Many(1, 2, () => ResponseText("input_text"))) },
        () => new JsonObject { ["type"] = "custom_tool_call", ["call_id"] = "call_" + _random.Next(), ["name"] = Text(), ["input"] = Text() },
        () => new JsonObject
        {
            ["type"] = "reasoning", ["summary"] = Many(0, 2, () => ResponseText("summary_text")),
            ["content"] = new JsonArray(new JsonObject { ["type"] = "reasoning_text", ["text"] = "Well, " + Text() }),
        });

    private JsonObject ResponseText(string type) => new() { ["type"] = type, ["text"] = Text() };

    private JsonObject ResponseImage()
    {
        var image = ImagePart()["image_url"]!.AsObject();
        var part = new JsonObject { ["type"] = "input_image", ["image_url"] = image["url"]!.GetValue<string>() };
        if (image["detail"] is { } detail)
            part["detail"] = detail.GetValue<string>();
        return part;
    }

    private JsonObject ResponseTool()
    {
        var tool = ChatTool()["function"]!.DeepClone().AsObject();
        tool["type"] = "function";
        return tool;
    }

    private JsonObject ClaudeMessage() => Choose(
        () => new JsonObject { ["role"] = "user", ["content"] = Text() },
        () => new JsonObject { ["role"] = "user", ["content"] = Many(1, 4, ClaudeText) },
        () => new JsonObject { ["role"] = "user", ["content"] = new JsonArray(Document(), ClaudeText(), ClaudeImage()) },
        () => new JsonObject { ["role"] = "user", ["content"] = Many(1, 3, ClaudeImage) },
        () => new JsonObject { ["role"] = "user", ["content"] = new JsonArray(ToolResult(), ToolResult()) },
        () => new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = new JsonArray(
                new JsonObject { ["type"] = "thinking", ["thinking"] = Text(), ["signature"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(Text())) },
                ClaudeText(), new JsonObject { ["type"] = "tool_use", ["id"] = "toolu_" + _random.Next(), ["name"] = Text(), ["input"] = Input() }),
        });

    private JsonObject ClaudeText() => new() { ["type"] = "text", ["text"] = Text() };

    private JsonObject ClaudeImage() => new()
    {
        ["type"] = "image",
        ["source"] = _random.Next(6) == 0
            ? new JsonObject { ["type"] = "url", ["url"] = "https://example.com/a.png" }
            : new JsonObject { ["type"] = "base64", ["media_type"] = "image/png", ["data"] = Convert.ToBase64String(Png()) },
    };

    private JsonObject Document() => Choose(
        () => new JsonObject { ["type"] = "document", ["title"] = Text(), ["source"] = new JsonObject { ["type"] = "text", ["media_type"] = "text/plain", ["data"] = Text() } },
        () => new JsonObject { ["type"] = "document", ["context"] = Text(), ["source"] = new JsonObject { ["type"] = "content", ["content"] = Many(1, 3, ClaudeText) } },
        () => new JsonObject { ["type"] = "search_result", ["source"] = "https://example.com", ["title"] = Text(), ["content"] = Many(1, 3, ClaudeText) });

    private JsonObject ToolResult() => new()
    {
        ["type"] = "tool_result", ["tool_use_id"] = "toolu_" + _random.Next(), ["is_error"] = false,
        ["content"] = Choose<JsonNode>(() => Text(), () => new JsonArray(ClaudeText(), ClaudeImage())),
    };

    private JsonObject ClaudeTool() => Choose(
        () => new JsonObject { ["name"] = Text(), ["description"] = Text(), ["input_schema"] = Schema(2) },
        () => new JsonObject { ["type"] = "custom", ["name"] = Text(), ["input_schema"] = Flat() },
        () => new JsonObject { ["type"] = Pick("bash_20250124", "text_editor_20250728", "computer_20250124"), ["name"] = "builtin" });

    private JsonObject Input()
    {
        var input = new JsonObject();
        for (var i = _random.Next(4); i > 0; i--)
            input[$"k{i}"] = Choose<JsonNode>(() => Text(), () => _random.Next(), () => new JsonArray(Text(), true), () => new JsonObject { ["inner"] = Text() });
        return input;
    }

    private string Text() => _random.Next(3) == 0 ? _texts.Next() : string.Concat(Enumerable.Range(0, _random.Next(1, 6)).Select(_ => Pick(Words) + Pick("", " ", "\n")));

    private JsonArray Many(int least, int most, Func<JsonNode> make) => new([.. Enumerable.Range(0, _random.Next(least, most + 1)).Select(_ => make())]);

    private void Maybe(int oneIn, Action act)
    {
        if (_random.Next(oneIn) == 0)
            act();
    }

    private T Pick<T>(params T[] items) => items[_random.Next(items.Length)];

    private T Choose<T>(params Func<T>[] makes) => makes[_random.Next(makes.Length)]();
}
