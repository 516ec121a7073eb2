using System.Text.Json;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

public sealed class InputEstimatorTests
{
    private static readonly ModelProfile Gpt4o = new()
    {
        Encoding = TokenEncoding.O200kBase, ExactEncoding = true, MaxInput = 128_000, MaxOutput = 16_384,
        Vision = new VisionRule { Scheme = VisionScheme.Tile, Base = 85, Tile = 170 },
    };

    private static readonly ModelProfile Gpt4 = new() { Encoding = TokenEncoding.Cl100kBase, ExactEncoding = true, LegacyToolCosts = true };
    private static readonly ModelProfile Gpt5 = Gpt4o with { Reasoning = true, MaxInput = 272_000 };
    private static readonly ModelProfile Embedding = new() { Encoding = TokenEncoding.Cl100kBase, ExactEncoding = true, MaxInput = 8192 };

    private static readonly ModelProfile Claude = new()
    {
        Encoding = TokenEncoding.O200kBase, SafetyPercent = 180, ExpectedPercent = 155, MaxInput = 1_000_000, ToolSystemTokens = 354, ForcedToolSystemTokens = 474,
        Vision = new VisionRule { Scheme = VisionScheme.ClaudePatch28, MaxEdge = 2576, MaxTokens = 4784 },
    };

    // OpenAI cookbook, How_to_count_tokens_with_tiktoken: both counts are the API's own.
    private const string CookbookMessages = """
        {"model":"m","messages":[
        {"role":"system","content":"You are a helpful, pattern-following assistant that translates corporate jargon into plain English."},
        {"role":"system","name":"example_user","content":"New synergies will help drive top-line growth."},
        {"role":"system","name":"example_assistant","content":"Things working well together will increase revenue."},
        {"role":"system","name":"example_user","content":"Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage."},
        {"role":"system","name":"example_assistant","content":"Let's talk later when we're less busy about how to do better."},
        {"role":"user","content":"This late pivot means we don't have time to boil the ocean for the client deliverable."}]}
        """;

    private const string CookbookTool = """
        {"type":"function","function":{"name":"get_current_weather","description":"Get the current weather in a given location","parameters":{"type":"object",
        "properties":{"location":{"type":"string","description":"The city and state, e.g. San Francisco, CA"},
        "unit":{"type":"string","description":"The unit of temperature to return","enum":["celsius","fahrenheit"]}},"required":["location"]}}}
        """;

    private static readonly string CookbookTools = """
        {"model":"m","messages":[{"role":"system","content":"You are a helpful assistant that can answer to questions about the weather."},
        {"role":"user","content":"What's the weather like in San Francisco?"}],"tools":[TOOL]}
        """.Replace("TOOL", CookbookTool, StringComparison.Ordinal);

    [Fact]
    public void Counts_messages_as_the_API_does()
    {
        Assert.Equal(new InputEstimate(129, 129, CountMethod.Exact), Estimate(ProviderApi.OpenAiChat, CookbookMessages, Gpt4));
        Assert.Equal(new InputEstimate(124, 124, CountMethod.Exact), Estimate(ProviderApi.OpenAiChat, CookbookMessages, Gpt4o));
    }

    [Fact]
    public void Counts_flat_tools_as_the_API_does()
    {
        Assert.Equal(new InputEstimate(105, 105, CountMethod.Exact), Estimate(ProviderApi.OpenAiChat, CookbookTools, Gpt4));
        Assert.Equal(new InputEstimate(101, 101, CountMethod.Exact), Estimate(ProviderApi.OpenAiChat, CookbookTools, Gpt4o));
    }

    [Fact]
    public void The_generic_bound_of_a_tool_is_above_its_formula()
    {
        // `strict` is outside the formula, so the JSON bounds it: 86 tokens as printed in the cookbook's own minified form, 16 + 12 + 2 × 3 beside them.
        var estimate = Estimate(ProviderApi.OpenAiChat, CookbookTools.Replace("\"required\"", "\"additionalProperties\":false,\"required\"", StringComparison.Ordinal), Gpt4o);
        Assert.Equal(CountMethod.Bound, estimate.Method);
        Assert.InRange(estimate.Bound, 33 + 86 + 16 + 12 + 6, 33 + 86 + 16 + 12 + 6 + 20);
    }

    [Theory]
    [InlineData("\"type\":\"function\"", "\"type\":\"function\",\"name\":\"also here\"")]
    [InlineData("\"type\":\"object\"", "\"type\":\"a long text that the formula would leave out\"")]
    [InlineData("\"celsius\"", "5")]
    [InlineData("[\"celsius\",\"fahrenheit\"]", "\"celsius\"")]
    [InlineData("\"description\":\"The unit of temperature to return\",", "")]
    [InlineData("\"type\":\"string\",\"description\":\"The unit", "\"type\":\"array\",\"items\":{},\"description\":\"The unit")]
    [InlineData("\"type\":\"string\",\"description\":\"The unit", "\"type\":[\"string\",\"null\"],\"description\":\"The unit")]
    [InlineData("\"name\":\"get_current_weather\",", "")]
    [InlineData("\"required\":[\"location\"]", "\"$defs\":{\"a\":1}")]
    [InlineData("\"required\":[\"location\"]", "\"required\":[\"hello world hello world\"]")]
    [InlineData("\"required\":[\"location\"]", "\"required\":[\"location\",\"location\"]")]
    [InlineData("\"required\":[\"location\"]", "\"required\":[\"location\",5]")]
    [InlineData("\"required\":[\"location\"]", "\"required\":[[\"location\"]]")]
    [InlineData("\"required\":[\"location\"]", "\"required\":\"location\"")]
    [InlineData("\"required\":[\"location\"]", "\"required\":null")]
    public void Only_a_flat_schema_is_exact(string part, string instead)
    {
        var json = CookbookTools.Replace(part, instead, StringComparison.Ordinal);
        Assert.NotEqual(CookbookTools, json);
        var estimate = Estimate(ProviderApi.OpenAiChat, json, Gpt4o);
        Assert.Equal(CountMethod.Bound, estimate.Method);
        Assert.True(estimate.Bound > 101);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[\"unit\",\"location\"]")]
    public void A_flat_schema_may_require_its_own_properties(string required) => Assert.Equal(
        new InputEstimate(101, 101, CountMethod.Exact),
        Estimate(ProviderApi.OpenAiChat, CookbookTools.Replace("[\"location\"]", required, StringComparison.Ordinal), Gpt4o));

    [Fact]
    public void A_long_list_of_what_is_required_is_counted()
    {
        var list = "[\"" + string.Concat(Enumerable.Repeat("hello world ", 20_000)) + "\"]";
        Assert.True(Estimate(ProviderApi.OpenAiChat, CookbookTools.Replace("[\"location\"]", list, StringComparison.Ordinal), Gpt4o).Bound > 40_000);
    }

    [Fact]
    public void A_big_enum_is_bounded()
    {
        var items = string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"x{i}\""));
        var flat = CookbookTools.Replace("\"celsius\",\"fahrenheit\"", items, StringComparison.Ordinal);
        var formula = Estimate(ProviderApi.OpenAiChat, flat, Gpt4o);
        Assert.Equal(CountMethod.Exact, formula.Method);
        Assert.True(Estimate(ProviderApi.OpenAiChat, flat, Gpt5).Bound > formula.Bound);
    }

    [Fact]
    public void A_reasoning_model_hides_a_little_more() =>
        Assert.Equal(new InputEstimate(124, 124 + 6 * 4 + 64, CountMethod.Calibrated), Estimate(ProviderApi.OpenAiChat, CookbookMessages, Gpt5));

    [Fact]
    public void A_role_is_one_token_in_both_encodings()
    {
        foreach (var role in (string[])["system", "developer", "user", "assistant", "tool", "function"])
        {
            Assert.Equal(1, TokenCounter.For(TokenEncoding.O200kBase).Count(Body.Utf8(role)));
            Assert.Equal(1, TokenCounter.For(TokenEncoding.Cl100kBase).Count(Body.Utf8(role)));
        }
    }

    [Fact]
    public void Special_tokens_are_text()
    {
        var plain = Estimate(ProviderApi.OpenAiChat, Body.ChatOf("\"\""), Gpt4o).Bound;
        Assert.Equal(plain + 7, Estimate(ProviderApi.OpenAiChat, Body.ChatOf("\"<|endoftext|>\""), Gpt4o).Bound);
        Assert.Equal(plain + 6, Estimate(ProviderApi.OpenAiChat, Body.ChatOf("\"\\u003c|im_start|>\""), Gpt4o).Bound);
    }

    [Theory]
    [InlineData("\"tools\":[{\"type\":\"custom\",\"custom\":{\"name\":\"a\"}}]")]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"schema\":{}}}")]
    [InlineData("\"tool_choice\":\"required\"")]
    [InlineData("\"brand_new\":\"x\"")]
    public void What_has_no_exact_rule_is_a_bound(string fields)
    {
        var estimate = Estimate(ProviderApi.OpenAiChat, Body.ChatJson(fields), Gpt4o);
        Assert.Equal(CountMethod.Bound, estimate.Method);
        Assert.True(estimate.Bound > Estimate(ProviderApi.OpenAiChat, Body.ChatOf("\"Hi\""), Gpt4o).Bound);
    }

    [Fact]
    public void Images_are_counted_by_size_not_by_their_base64()
    {
        const string Url = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAABAAAAAQACAYAAAA=";
        var text = Estimate(ProviderApi.OpenAiChat, Body.ChatOf("[]"), Gpt4o);
        var image = Estimate(ProviderApi.OpenAiChat, Body.ChatOf("[{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + Url + "\"}}]"), Gpt4o);
        Assert.Equal((text.Tokens + 765, CountMethod.Exact), (image.Tokens, image.Method));
        var remote = Estimate(ProviderApi.OpenAiChat, Body.ChatOf("[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x/y\"}}]"), Gpt4o);
        Assert.Equal((text.Tokens + 1445, CountMethod.Bound), (remote.Tokens, remote.Method));
    }

    [Fact]
    public void A_prediction_is_counted_as_output()
    {
        var estimate = Estimate(ProviderApi.OpenAiChat, Body.ChatJson("\"prediction\":{\"type\":\"content\",\"content\":\"The quick brown fox jumps over the lazy dog.\"}"), Gpt4o);
        Assert.Equal(10, estimate.PredictionTokens);
        Assert.Equal(Estimate(ProviderApi.OpenAiChat, Body.ChatOf("\"Hi\""), Gpt4o).Tokens, estimate.Tokens);
    }

    [Fact]
    public void Text_is_counted_to_the_window_and_a_body_without_a_bound_has_the_largest()
    {
        var long_ = string.Concat(Enumerable.Repeat("word and more ", 50_000));
        Assert.InRange(Estimate(ProviderApi.OpenAiChat, Body.ChatOf($"\"{long_}\""), Gpt4o with { MaxInput = 200_000 }).Bound, 150_000, 151_000);
        Assert.InRange(Estimate(ProviderApi.OpenAiChat, Body.ChatOf($"\"{long_}\""), Gpt4o with { MaxInput = 128_000 }).Bound, 128_001, 128_100);
        const string File = "[{\"type\":\"file\",\"file\":{\"file_data\":\"AA\"}}]";
        Assert.Equal(InputEstimator.LargestInput, Estimate(ProviderApi.OpenAiChat, Body.ChatOf(File), Gpt4o).Bound);
        Assert.Equal(InputEstimator.LargestInput, Estimate(ProviderApi.OpenAiChat, Body.ChatOf(File), Gpt4).Bound);
        var inputs = string.Join(',', Enumerable.Repeat("\"" + string.Concat(Enumerable.Repeat("word ", 5_000)) + "\"", 3));
        Assert.True(Estimate(ProviderApi.OpenAiEmbeddings, $"{{\"model\":\"m\",\"input\":[{inputs}]}}", Embedding with { MaxInput = 300_000 }).Bound > 15_000);
    }

    [Theory]
    [InlineData("\"hello world\"", 2)]
    [InlineData("[\"hello world\",\" hello\"]", 3)]
    [InlineData("[9906,1917,0]", 3)]
    [InlineData("[[1],[2,3]]", 3)]
    public void Embeddings_are_the_sum_of_their_inputs(string input, long tokens) =>
        Assert.Equal(new InputEstimate(tokens, tokens, CountMethod.Exact), Estimate(ProviderApi.OpenAiEmbeddings, $"{{\"model\":\"m\",\"input\":{input}}}", Embedding));

    [Fact]
    public void Claude_is_calibrated_and_bounded()
    {
        // Anthropic's own example of count_tokens answers 14; ctok measures 15 for the newer tokenizer's "hello, world".
        var example = Estimate(ProviderApi.AnthropicMessages, """{"model":"m","max_tokens":1,"system":"You are a scientist","messages":[{"role":"user","content":"Hello, Claude"}]}""", Claude);
        Assert.Equal(CountMethod.Calibrated, example.Method);
        Assert.InRange(example.Tokens, 12, 18);
        Assert.True(example.Bound >= 14 * 136 / 100);
        Assert.True(Estimate(ProviderApi.AnthropicMessages, Body.ClaudeOf("\"hello, world\""), Claude).Bound >= 15);
    }

    [Fact]
    public void Claude_pays_for_the_hidden_tool_prompt()
    {
        var none = Estimate(ProviderApi.AnthropicMessages, Body.ClaudeOf("\"Hi\""), Claude);
        const string Tools = "\"tools\":[{\"name\":\"f\",\"description\":\"d\",\"input_schema\":{\"type\":\"object\",\"properties\":{\"p\":{\"type\":\"string\"}}}}]";
        var free = Estimate(ProviderApi.AnthropicMessages, Body.ClaudeJson(Tools), Claude);
        var forced = Estimate(ProviderApi.AnthropicMessages, Body.ClaudeJson(Tools + ",\"tool_choice\":{\"type\":\"tool\",\"name\":\"f\"}"), Claude);
        Assert.True(free.Tokens > none.Tokens + 354 + 53);
        Assert.Equal(120, forced.Bound - free.Bound);
        var unknown = Estimate(ProviderApi.AnthropicMessages, Body.ClaudeJson(Tools), Claude with { ToolSystemTokens = 0 });
        Assert.Equal(810 - 354, unknown.Bound - free.Bound);
    }

    [Fact]
    public void Claude_covers_the_fitted_cost_of_tools()
    {
        // 53 a tool, 5 its description, 13 the first property, 12 each further, 5 a property's description, 9 an enum, and the texts (ai-tokenizer 1.0.6).
        var v3 = Claude with { SafetyPercent = 135, ExpectedPercent = 118 };
        for (var properties = 0; properties < 30; properties++)
        {
            var schema = string.Join(',', Enumerable.Range(0, properties).Select(i => $"\"p{i}\":{{\"type\":\"string\",\"description\":\"d\",\"enum\":[\"a\",\"b\"]}}"));
            var bare = string.Join(',', Enumerable.Range(0, properties).Select(i => $"\"p{i}\":{{}}"));
            var fitted = 53 + 5 + (properties > 0 ? 13 + (properties - 1) * 12 : 0);
            var none = Estimate(ProviderApi.AnthropicMessages, Body.ClaudeOf("\"Hi\""), v3).Bound + 354;
            Assert.True(ToolBound(v3, schema) - none >= fitted + properties * (5 + 9 + 2 + 1 + 1 + 2));
            Assert.True(ToolBound(v3, bare) - none >= fitted + properties * 2);
        }
    }

    [Theory]
    [InlineData("お誕生日おめでとうございます。今日は良い天気ですね。", 146)]
    [InlineData("今天天气很好，我们去公园散步吧。", 144)]
    public void Claude_gets_more_room_for_CJK(string text, int measuredPercent)
    {
        var v3 = Claude with { SafetyPercent = 135, ExpectedPercent = 118 };
        foreach (var written in (string[])[text, JsonEncodedText.Encode(text).ToString()])
        {
            var long_ = string.Concat(Enumerable.Repeat(written, 40));
            var count = TokenCounter.For(TokenEncoding.O200kBase).CountJsonString(Body.Utf8(long_));
            var padded = Body.ClaudeOf($"\"{long_}{new string(' ', 20_000)}\"");
            Assert.True(Estimate(ProviderApi.AnthropicMessages, Body.ClaudeOf($"\"{long_}\""), v3).Bound >= count * measuredPercent / 100 + 7);
            Assert.True(Estimate(ProviderApi.AnthropicMessages, Body.ClaudeOf($"\"{long_}\""), Claude).Bound >= count * 190 / 100 + 11);
            Assert.True(Estimate(ProviderApi.AnthropicMessages, padded, v3).Bound >= count * 160 / 100, "Padding must not dilute the factor.");
        }
    }

    [Theory]
    [InlineData("👩‍👩‍👧‍👦🏳️‍🌈")]
    [InlineData("नमस्ते दुनिया")]
    [InlineData("สวัสดีชาวโลก")]
    [InlineData("ᚠᛇᚻ᛫ᛒᛦᚦ")]
    public void Other_scripts_are_bounded_by_their_bytes(string text)
    {
        var bytes = Body.Utf8(text).Length - text.Count(c => c < 0x80);
        Assert.True(Estimate(ProviderApi.AnthropicMessages, Body.ClaudeOf($"\"{text}\""), Claude).Bound >= bytes + 11);
        Assert.True(Estimate(ProviderApi.AnthropicMessages, Body.ClaudeOf($"\"{JsonEncodedText.Encode(text)}\""), Claude).Bound >= bytes + 11);
    }

    [Fact]
    public void A_stand_in_never_counts_ASCII_above_its_bytes()
    {
        var noise = new string([.. Enumerable.Range(0, 4_000).Select(i => (char)('!' + i * 7919 % 90)).Where(c => c is not ('"' or '\\'))]);
        Assert.InRange(Estimate(ProviderApi.AnthropicMessages, Body.ClaudeOf($"\"{noise}\""), Claude).Bound, noise.Length / 2, noise.Length + 15);
    }

    [Fact]
    public void Allocates_nothing_once_warm()
    {
        foreach (var (api, json, profile) in new[]
        {
            (ProviderApi.OpenAiChat, CookbookTools, Gpt4o), (ProviderApi.AnthropicMessages, Body.ClaudeOf("[{\"type\":\"text\",\"text\":\"Hello \\n \\u65e5 world\"}]"), Claude),
        })
        {
            var (body, request) = (Body.Utf8(json), new ProviderRequest());
            for (var i = 0; i < 50; i++)
                ReadAndEstimate(api, body, request, profile);
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 100; i++)
                ReadAndEstimate(api, body, request, profile);
            // The model's name is the one string a call makes.
            Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 100, 0, 128);
        }
    }

    private static long ToolBound(ModelProfile profile, string properties) => Estimate(
        ProviderApi.AnthropicMessages,
        Body.ClaudeJson("\"tools\":[{\"name\":\"f\",\"description\":\"d\",\"input_schema\":{\"type\":\"object\",\"properties\":{" + properties + "}}}]"),
        profile).Bound;

    private static InputEstimate Estimate(ProviderApi api, string json, ModelProfile profile) =>
        ReadAndEstimate(api, Body.Utf8(json), new ProviderRequest(), profile);

    private static InputEstimate ReadAndEstimate(ProviderApi api, byte[] body, ProviderRequest request, ModelProfile profile)
    {
        Assert.True(RequestReader.TryRead(api, body, request, out var error), error?.Message + " at " + error?.Param);
        return InputEstimator.Estimate(api, request, body, profile) with { Mix = default };
    }
}
