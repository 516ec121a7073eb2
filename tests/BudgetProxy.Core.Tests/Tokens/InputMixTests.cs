using System.Text.Json;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>What an estimate says of itself, so that a model can be learned from it.</summary>
public sealed class InputMixTests
{
    private static readonly ModelProfile Claude = new()
    {
        Encoding = TokenEncoding.O200kBase, SafetyPercent = 180, ExpectedPercent = 155, ToolSystemTokens = 354,
        Vision = new VisionRule { Scheme = VisionScheme.ClaudePatch28, MaxEdge = 2576, MaxTokens = 4784 },
    };

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(Relaxed) { WriteIndented = true };

    [Theory]
    [InlineData("Hello World", 11, 0, 0, 0, 0)]
    [InlineData("f(x1);\n\t{\"}", 2, 9, 0, 0, 0)]
    [InlineData("é Привет", 1, 0, 7, 0, 0)]
    [InlineData("日本のカ한", 0, 0, 0, 5, 0)]
    [InlineData("😀नม“", 0, 0, 0, 0, 4)]
    public void Characters_are_told_apart_by_script(string text, long latin, long code, long twoByte, long cjk, long other)
    {
        Assert.Equal(new ScriptMix(latin, code, twoByte, cjk, other), Estimate(Message(JsonSerializer.Serialize(text, Relaxed))).Mix.Scripts);
    }

    [Fact]
    public void The_mix_is_that_of_the_characters_however_they_are_written()
    {
        var texts = new RandomTexts(71);
        for (var i = 0; i < 2_000; i++)
        {
            var text = texts.Next() + texts.Next();
            var plain = JsonSerializer.Serialize(text, Relaxed);
            var escaped = '"' + string.Concat(text.Select(c => $"\\u{(int)c:X4}")) + '"';
            var expected = Slow(text);
            Assert.Equal(expected, Estimate(Message(plain)).Mix.Scripts);
            Assert.Equal(expected, Estimate(Message(escaped)).Mix.Scripts);
        }
    }

    [Fact]
    public void White_space_between_a_tools_parts_changes_nothing()
    {
        const string Compact = """{"name":"weather","description":"日本 of\n it","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}""";
        var spaced = JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(Compact), Indented);
        Assert.Equal(Estimate(WithTool(Compact)).Mix, Estimate(WithTool(spaced)).Mix);
    }

    [Fact]
    public void The_estimate_is_its_texts_at_the_measured_ratio_and_its_rules()
    {
        var estimate = Estimate(WithTool("""{"name":"weather","input_schema":{"type":"object"}}"""));
        var mix = estimate.Mix;
        Assert.Equal(estimate.Tokens, (mix.Counted * 155 + 99) / 100 + mix.Rules);
        Assert.InRange(mix.Rules, 354 + 53, 354 + 53 + 10);
        Assert.InRange(mix.TextBound, mix.Counted, estimate.Bound - mix.Rules);
        Assert.True(mix.Separable);
    }

    [Fact]
    public void What_the_models_own_tokenizer_counted_is_no_text_of_a_stand_in()
    {
        var estimate = Estimate(Message("\"Hello\""), new ModelProfile { ExactEncoding = true });
        Assert.Equal(new InputMix(default, 0, estimate.Tokens, estimate.Bound, 0, true), estimate.Mix);
    }

    [Theory]
    [InlineData("""{"model":"m","max_tokens":9,"context_management":{"edits":[{"type":"clear_tool_uses_20250919"}]},"messages":[{"role":"user","content":"Hello"}]}""")]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"Well","signature":"c2ln"}]}]}""")]
    [InlineData("""{"model":"m","max_tokens":9,"tools":[{"name":"a","input_schema":{"type":"object"},"defer_loading":true}],"messages":[{"role":"user","content":"Hello"}]}""")]
    [InlineData("""{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"compaction","content":"Well"}]}]}""")]
    public void What_the_provider_may_leave_out_teaches_nothing(string json) => Assert.False(Estimate(json).Mix.Separable);

    [Theory]
    [InlineData("""{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"}}""", true)]
    [InlineData("""{"type":"text","text":"a"},{"type":"image","source":{"type":"url","url":"https://example.com/a.png"}}""", false)]
    [InlineData("""{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBERi0="}}""", false)]
    public void What_has_only_a_ceiling_leaves_the_text_unknown(string parts, bool separable) =>
        Assert.Equal(separable, Estimate($$"""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":[{{parts}}]}]}""").Mix.Separable);

    private static string Message(string json) => $$"""{"model":"m","max_tokens":9,"messages":[{"role":"user","content":{{json}}}]}""";

    private static string WithTool(string tool) =>
        $$"""{"model":"m","max_tokens":9,"tools":[{{tool}}],"messages":[{"role":"user","content":"Is it sunny?"}]}""";

    private static InputEstimate Estimate(string json, ModelProfile? profile = null)
    {
        var request = Body.Read(ProviderApi.AnthropicMessages, json);
        return InputEstimator.Estimate(ProviderApi.AnthropicMessages, request, Body.Utf8(json), profile ?? Claude);
    }

    private static ScriptMix Slow(string text)
    {
        var mix = default(ScriptMix);
        foreach (var rune in text.EnumerateRunes())
        {
            mix += rune.Value switch
            {
                ' ' => new ScriptMix(1, 0, 0, 0, 0),
                < 0x80 => char.IsAsciiLetter((char)rune.Value) ? new ScriptMix(1, 0, 0, 0, 0) : new ScriptMix(0, 1, 0, 0, 0),
                < 0x800 => new ScriptMix(0, 0, 1, 0, 0),
                >= 0x3000 and < 0xE000 => new ScriptMix(0, 0, 0, 1, 0),
                _ => new ScriptMix(0, 0, 0, 0, 1),
            };
        }

        return mix;
    }
}
