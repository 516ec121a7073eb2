using System.Text;
using System.Text.Json;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tests.Requests;
using BudgetProxy.Core.Tokens;
using FsCheck;
using FsCheck.Fluent;

namespace BudgetProxy.Core.Tests.Tokens;

/// <summary>What must hold for any well-formed body, not for a chosen one.</summary>
public sealed class InputBoundPropertyTests
{
    private static readonly ModelProfile Exact = new() { Encoding = TokenEncoding.O200kBase, ExactEncoding = true };
    private static readonly ModelProfile StandIn = new() { Encoding = TokenEncoding.O200kBase, SafetyPercent = 180, ExpectedPercent = 155 };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly string[] Scraps =
        ["word", " ", "  ", "\n", "\t\t", "\"", "\\", "/", "{", "}", "日本", "Привет", "😀", "é", "\u0000", "0123456789", "<|endoftext|>", "aaaaaaaaaaaa", "नम", "。", "\u200d", "ﷺ"];

    private static readonly Gen<string> Text = Gen.Select(Gen.ListOf(Gen.Elements(Scraps)), parts => string.Concat(parts));

    private static readonly Arbitrary<string[]> Texts = Gen.Select(Gen.NonEmptyListOf(Text), list => list.ToArray()).ToArbitrary();

    [Fact]
    public void The_bound_is_never_below_the_estimate() => Prop.ForAll(Texts, texts =>
    {
        foreach (var (api, json) in new[] { (ProviderApi.OpenAiChat, Chat(texts)), (ProviderApi.AnthropicMessages, Claude(texts)), (ProviderApi.OpenAiEmbeddings, Embeddings(texts)) })
        {
            foreach (var profile in new[] { Exact, StandIn, Exact with { Reasoning = true } })
            {
                var estimate = Estimate(api, json, profile);
                if (estimate.Bound < estimate.Tokens || (estimate.Method == CountMethod.Exact && estimate.Bound != estimate.Tokens))
                    return false;
            }
        }

        return true;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_exact_count_is_the_text_plus_its_frame() => Prop.ForAll(Texts, texts =>
    {
        var counter = TokenCounter.For(TokenEncoding.O200kBase);
        var text = texts.Sum(one => (long)counter.Count(Encoding.UTF8.GetBytes(one)));
        return Estimate(ProviderApi.OpenAiChat, Chat(texts), Exact) == new InputEstimate(text + 4 * texts.Length + 3, text + 4 * texts.Length + 3, CountMethod.Exact)
            && Estimate(ProviderApi.OpenAiEmbeddings, Embeddings(texts), Exact).Tokens == text;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_spelling_of_a_body_changes_no_count() => Prop.ForAll(Texts, texts =>
    {
        var plain = Chat(texts);
        var escaped = string.Concat(plain.Select(c => c < 0x80 ? c.ToString() : $"\\u{(int)c:x4}"));
        var spaced = JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(plain), Indented);
        return Estimate(ProviderApi.OpenAiChat, plain, Exact) == Estimate(ProviderApi.OpenAiChat, escaped, Exact)
            && Estimate(ProviderApi.OpenAiChat, plain, Exact) == Estimate(ProviderApi.OpenAiChat, spaced, Exact);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Splitting_content_never_lowers_the_bound_below_the_whole() => Prop.ForAll(Texts, texts =>
    {
        var parts = texts.Where(text => text.Length > 0).ToArray();
        var whole = Estimate(ProviderApi.OpenAiChat, Chat([string.Concat(parts)]), Exact);
        var split = Estimate(ProviderApi.OpenAiChat, Body.ChatOf("[" + string.Join(',', parts.Select(text => $"{{\"type\":\"text\",\"text\":{JsonSerializer.Serialize(text)}}}")) + "]"), Exact);
        return split.Bound >= whole.Bound;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void More_input_never_has_a_lower_bound() => Prop.ForAll(Texts, texts =>
        Estimate(ProviderApi.AnthropicMessages, Claude([.. texts, "more"]), StandIn).Bound > Estimate(ProviderApi.AnthropicMessages, Claude(texts), StandIn).Bound)
        .QuickCheckThrowOnFailure();

    private static string Chat(string[] texts) =>
        "{\"model\":\"m\",\"messages\":[" + string.Join(',', texts.Select(text => $"{{\"role\":\"user\",\"content\":{JsonSerializer.Serialize(text)}}}")) + "]}";

    private static string Claude(string[] texts) =>
        "{\"model\":\"m\",\"max_tokens\":1,\"messages\":[" + string.Join(',', texts.Select(text => $"{{\"role\":\"user\",\"content\":{JsonSerializer.Serialize(text)}}}")) + "]}";

    private static string Embeddings(string[] texts) => "{\"model\":\"m\",\"input\":" + JsonSerializer.Serialize(texts) + "}";

    private static InputEstimate Estimate(ProviderApi api, string json, ModelProfile profile)
    {
        var request = Body.Read(api, json);
        return InputEstimator.Estimate(api, request, Body.Utf8(json), profile) with { Mix = default };
    }
}
