using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Requests;

/// <summary>No field lets text through that nothing counts.</summary>
public sealed class UncountedTextTests
{
    private static readonly string Long = string.Concat(Enumerable.Repeat("hello world ", 2_000));

    [Theory]
    [InlineData("\"tool_choice\":{\"type\":\"tool\",\"name\":\"LONG\"}")]
    [InlineData("\"thinking\":{\"type\":\"LONG\"}")]
    [InlineData("\"context_management\":{\"edits\":[{\"type\":\"clear_x\",\"note\":\"LONG\"}]}")]
    [InlineData("\"cache_control\":{\"type\":\"LONG\"}")]
    [InlineData("\"metadata\":{\"user_id\":\"u\",\"other\":\"LONG\"}")]
    [InlineData("\"output_config\":{\"effort\":\"LONG\"}")]
    [InlineData("\"inference_geo\":\"LONG\"")]
    [InlineData("\"stop_sequences\":[\"LONG\"]")]
    [InlineData("\"user_profile_id\":\"LONG\"")]
    [InlineData("\"system\":[{\"type\":\"LONG\",\"text\":\"\"}]")]
    [InlineData("\"system\":[{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"LONG\",\"data\":\"\"}}]")]
    public void Anthropic_counts_a_long_one(string fields) => AssertCounted(ProviderApi.AnthropicMessages, Body.ClaudeJson(fields));

    [Theory]
    [InlineData("\"prediction\":{\"type\":\"content\",\"content\":\"a\",\"other\":\"LONG\"}")]
    [InlineData("\"prediction\":{\"content\":[{\"type\":\"LONG\",\"text\":\"a\"}]}")]
    [InlineData("\"stop\":\"LONG\"")]
    [InlineData("\"metadata\":{\"a\":\"LONG\"}")]
    [InlineData("\"prompt_cache_options\":{\"other\":\"LONG\"}")]
    [InlineData("\"stream_options\":{\"other\":\"LONG\"}")]
    [InlineData("\"tool_choice\":\"LONG\"")]
    [InlineData("\"reasoning_effort\":\"LONG\"")]
    [InlineData("\"response_format\":{\"type\":\"LONG\"}")]
    [InlineData("\"verbosity\":\"LONG\"")]
    public void OpenAI_counts_a_long_one(string fields) => AssertCounted(ProviderApi.OpenAiChat, Body.ChatJson(fields));

    [Fact]
    public void The_type_of_a_tool_call_is_counted_when_long() => AssertCounted(
        ProviderApi.OpenAiChat,
        """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"1","type":"LONG","function":{"name":"f","arguments":""}}]}]}""");

    [Fact]
    public void Embeddings_count_a_long_one() => AssertCounted(ProviderApi.OpenAiEmbeddings, """{"model":"m","input":"a","encoding_format":"LONG"}""");

    [Theory]
    [InlineData(ProviderApi.OpenAiChat, 254, false)]
    [InlineData(ProviderApi.OpenAiChat, 255, true)]
    public void A_short_one_is_free(ProviderApi api, int length, bool counted)
    {
        var json = Body.ChatJson($"\"verbosity\":\"{new string('a', length)}\"");
        Assert.Equal(counted, Body.Read(api, json).Content.Exists(span => span.Kind == ContentKind.OpaqueJson));
    }

    [Fact]
    public void Metadata_of_the_provider_s_own_size_is_free()
    {
        var pairs = string.Join(',', Enumerable.Range(10, 16).Select(i => $"\"{i}{new string('k', 62)}\":\"{new string('v', 512)}\""));
        Assert.Single(Body.Chat("\"metadata\":{" + pairs + "}").Content);
    }

    private static void AssertCounted(ProviderApi api, string json)
    {
        json = json.Replace("LONG", Long, StringComparison.Ordinal);
        var counted = Body.Read(api, json).Content.Where(span => span.Kind == ContentKind.OpaqueJson).Sum(span => span.Length);
        Assert.InRange(counted, Long.Length, Long.Length + 200);
    }
}
