using System.Text;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Rates;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Rates;

/// <summary>What an answer counts under a name that nobody has a price for.</summary>
public sealed class UnknownBucketsTests
{
    [Theory]
    // Within the whole: 30 of 100 in video, 10 of 50 out in gestures.
    [InlineData("openai/gpt-5.6-sol", """{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"video_tokens":30},"completion_tokens_details":{"gesture_tokens":10}}""", "in 70 long 30 out 50")]
    [InlineData("openai/gpt-audio", """{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"video_tokens":30},"completion_tokens_details":{"gesture_tokens":10}}""", "in 100 audio-in 30 out 50 audio-out 10")]
    [InlineData("openai/gpt-4o", """{"prompt_tokens":100,"completion_tokens":50,"prompt_tokens_details":{"video_tokens":30}}""", "in 100 out 50")]
    // A total that is more than its parts: 25 that no part names.
    [InlineData("openai/gpt-4o", """{"prompt_tokens":100,"completion_tokens":50,"total_tokens":175}""", "in 100 out 75")]
    public void OpenAi(string row, string usage, string settled) => Settles(ProviderApi.OpenAiChat, row, usage, settled);

    [Theory]
    // Beside the whole, as everything in Anthropic's usage.
    [InlineData("""{"input_tokens":100,"output_tokens":50,"video_input_tokens":30,"gesture_tokens":10}""", "in 100 long 30 out 60")]
    [InlineData("""{"input_tokens":100,"output_tokens":50,"cache_creation_input_tokens":40,"cache_creation":{"ephemeral_24h_input_tokens":40}}""", "in 100 long 40 out 50")]
    [InlineData("""{"input_tokens":100,"output_tokens":50,"server_tool_use":{"web_search_requests":1,"web_fetch_requests":5,"code_execution_requests":2,"flight_search_requests":3}}""", "in 100 out 50 tools 4 code 1")]
    public void Anthropic(string usage, string settled) => Settles(ProviderApi.AnthropicMessages, "anthropic/claude-opus-5", usage, settled);

    [Theory]
    [InlineData("""{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_tokens_details":{"text_tokens":100,"video_tokens":0},"completion_tokens_details":{"text_tokens":50,"accepted_prediction_tokens":3,"rejected_prediction_tokens":4}}""")]
    [InlineData("""{"prompt_tokens":10,"completion_tokens":50,"total_tokens":110,"prompt_tokens_details":{"cached_tokens":50}}""")]
    [InlineData("""{"prompt_tokens":100,"completion_tokens":50,"total_tokens":150,"prompt_cache_hit_tokens":60,"prompt_cache_miss_tokens":40}""")]
    public void What_is_known_is_no_unknown_bucket(string usage) => Assert.False(Read(ProviderApi.OpenAiChat, usage).Unknown.Any);

    [Fact]
    public void A_stream_keeps_what_a_later_event_leaves_out()
    {
        var meter = new AnthropicMessagesMeter(TokenCounter.For(TokenEncoding.O200kBase), CacheWrite.None);
        foreach (var line in (string[])
            [
                """{"type":"message_start","message":{"model":"m","usage":{"input_tokens":100,"output_tokens":1,"video_input_tokens":30}}}""",
                """{"type":"message_delta","delta":{},"usage":{"output_tokens":50}}""",
                """{"type":"message_stop"}""",
            ])
            meter.Observe(Encoding.UTF8.GetBytes($"data: {line}\n\n"));
        Assert.Equal(new UnknownTokens(30, 0), meter.Reading.Unknown);
        Assert.Equal(130, meter.Reading.Usage!.Value.Input);
    }

    private static void Settles(ProviderApi api, string row, string usage, string settled)
    {
        var reading = Read(api, usage);
        Assert.True(reading.Unknown.Any || settled == "in 100 out 50");
        Assert.Equal(The.Usage(settled), UnknownBuckets.AtDearest(The.Row(row), reading.Usage!.Value, reading.Unknown, ServiceTier.Standard));
    }

    private static MeterReading Read(ProviderApi api, string usage) => AnswerMeter.Read(api, Encoding.UTF8.GetBytes("{\"model\":\"m\",\"usage\":" + usage + "}"), CacheWrite.None);
}
