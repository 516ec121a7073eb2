using System.Text;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Metering;

public sealed class AnswerMeterTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "answers");

    [Fact]
    public void Reads_a_chat_completion()
    {
        var reading = Read(ProviderApi.OpenAiChat, "openai-chat");
        Assert.Equal(Usage.Inclusive(19, 0, 0, 0, 10), reading.Usage);
        Assert.Equal("gpt-4o-mini-2024-07-18", reading.ServedModel);
        Assert.Equal(ServiceTier.Standard, reading.ServedTier);
        Assert.True(reading.Finished);
    }

    [Fact]
    public void Rejected_predictions_are_in_the_output_already() =>
        Assert.Equal(Usage.Inclusive(412, 128, 0, 0, 130), Read(ProviderApi.OpenAiChat, "openai-chat-prediction").Usage);

    [Fact]
    public void Audio_is_a_part_of_the_totals() =>
        Assert.Equal(
            Usage.Inclusive(140, 0, 0, 0, 230) with { AudioInput = 110, AudioOutput = 200 },
            Read(ProviderApi.OpenAiChat, "openai-chat-audio").Usage);

    [Fact]
    public void A_completion_without_usage_is_whole_but_has_none()
    {
        var reading = Read(ProviderApi.OpenAiChat, "openai-chat-no-usage");
        Assert.Null(reading.Usage);
        Assert.True(reading.Finished);
    }

    [Theory]
    [InlineData(10, 50, 0, 20, 0, 10, 50, 20)]
    [InlineData(10, 6, 6, 20, 0, 10, 6, 20)]
    [InlineData(60, 50, 0, 20, 30, 10, 50, 50)]
    [InlineData(60, 50, 0, 30, 30, 10, 50, 30)]
    public void Parts_above_their_whole_stand_beside_it(int prompt, int cached, int written, int output, int reasoning, long input, long readFrom, long allOutput)
    {
        var answer = $$"""{"usage":{"prompt_tokens":{{prompt}},"completion_tokens":{{output}},"prompt_tokens_details":{"cached_tokens":{{cached}},"cache_write_tokens":{{written}} },"completion_tokens_details":{"reasoning_tokens":{{reasoning}} } } }""";
        var usage = AnswerMeter.Read(ProviderApi.OpenAiChat, Encoding.UTF8.GetBytes(answer), CacheWrite.None).Usage!.Value;
        Assert.Equal((input, readFrom, written, allOutput, reasoning), (usage.Input, usage.CachedInput, usage.CacheWriteShort, usage.Output, usage.Reasoning));
    }

    [Fact]
    public void Reads_embeddings()
    {
        var reading = Read(ProviderApi.OpenAiEmbeddings, "openai-embeddings");
        Assert.Equal(Usage.Inclusive(8, 0, 0, 0, 0), reading.Usage);
        Assert.Equal("text-embedding-3-small", reading.ServedModel);
    }

    [Fact]
    public void Reads_a_message()
    {
        var reading = Read(ProviderApi.AnthropicMessages, "anthropic-message");
        Assert.Equal(Usage.Exclusive(2095, 500, 400, 600, 503, 120) with { ToolCalls = 1 }, reading.Usage);
        Assert.Equal("claude-sonnet-4-5-20250929", reading.ServedModel);
        Assert.Equal(ServiceTier.Standard, reading.ServedTier);
        Assert.True(reading.Regional);
        Assert.True(reading.Finished);
    }

    [Fact]
    public void A_refusal_without_content_is_free() =>
        Assert.Equal(default(Usage), Read(ProviderApi.AnthropicMessages, "anthropic-refusal").Usage);

    [Fact]
    public void Unsplit_cache_writes_are_priced_at_the_longest_lifetime_asked_for()
    {
        Assert.Equal(700, Read(ProviderApi.AnthropicMessages, "anthropic-cache-unsplit").Usage!.Value.CacheWriteShort);
        Assert.Equal(700, Read(ProviderApi.AnthropicMessages, "anthropic-cache-unsplit", CacheWrite.Long).Usage!.Value.CacheWriteLong);
    }

    [Theory]
    [InlineData(ProviderApi.OpenAiChat, "openai-error")]
    [InlineData(ProviderApi.OpenAiEmbeddings, "openai-error")]
    [InlineData(ProviderApi.AnthropicMessages, "anthropic-error")]
    public void An_error_has_no_usage(ProviderApi api, string name)
    {
        var reading = Read(api, name);
        Assert.Null(reading.Usage);
        Assert.True(reading.Failed);
        Assert.False(reading.Finished);
    }

    [Theory]
    [InlineData(ProviderApi.OpenAiChat, "openai-chat")]
    [InlineData(ProviderApi.OpenAiEmbeddings, "openai-embeddings")]
    [InlineData(ProviderApi.AnthropicMessages, "anthropic-message")]
    public void A_body_cut_anywhere_is_unfinished_and_not_believed(ProviderApi api, string name)
    {
        var body = Load(name);
        for (var length = 0; length < body.Length; length++)
        {
            var reading = AnswerMeter.Read(api, body.AsSpan(0, length), CacheWrite.None);
            Assert.Null(reading.Usage);
            Assert.False(reading.Finished);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>502 Bad Gateway</html>")]
    [InlineData("{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}} {}")]
    [InlineData("{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\0")]
    [InlineData("{\"usage\":{\"prompt_tokens\":1 \"completion_tokens\" 2}}")]
    public void What_is_not_one_json_object_is_not_believed(string body)
    {
        var reading = AnswerMeter.Read(ProviderApi.OpenAiChat, Encoding.UTF8.GetBytes(body), CacheWrite.None);
        Assert.Null(reading.Usage);
        Assert.False(reading.Finished);
    }

    [Fact]
    public void Content_that_looks_like_usage_is_content()
    {
        var body = """{"choices":[{"message":{"content":"\"usage\":{\"prompt_tokens\":1}","usage":{"prompt_tokens":7,"completion_tokens":7}}}],"usage":{"prompt_tokens":3,"completion_tokens":4}}""";
        Assert.Equal(Usage.Inclusive(3, 0, 0, 0, 4), AnswerMeter.Read(ProviderApi.OpenAiChat, Encoding.UTF8.GetBytes(body), CacheWrite.None).Usage);
    }

    private static byte[] Load(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".json"));

    private static MeterReading Read(ProviderApi api, string name, CacheWrite ttl = CacheWrite.None) => AnswerMeter.Read(api, Load(name), ttl);
}
