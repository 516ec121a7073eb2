using System.Text;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Metering;

public sealed class AnthropicMessagesMeterTests
{
    private static readonly string[] Words = ["Hello", "! I am", " Claude, \"an\" AI", " 🤖 assistant", ".\n\n你好", " — done."];

    [Theory]
    [InlineData("anthropic-text")]
    [InlineData("anthropic-text-crlf")]
    [InlineData("anthropic-unknown-events")]
    public void Reads_input_at_the_start_and_output_at_the_end(string name)
    {
        var reading = StreamFixture.Read(name);
        Assert.Equal(Usage.Exclusive(25, 0, 0, 0, 31), reading.Usage);
        Assert.Equal("claude-sonnet-4-5-20250929", reading.ServedModel);
        Assert.Equal(ServiceTier.Standard, reading.ServedTier);
        Assert.True(reading.Finished);
        Assert.False(reading.Failed || reading.Regional is true || reading.Uncounted);
    }

    [Fact]
    public void A_cut_stream_has_its_input_and_the_text_that_passed()
    {
        var stream = StreamFixture.Without(StreamFixture.Without(StreamFixture.Load("anthropic-text"), "message_stop"), "message_delta");
        var reading = StreamFixture.Replay(StreamFixture.NewMeter("anthropic"), stream).Reading;
        Assert.False(reading.Finished);
        Assert.Equal(Usage.Exclusive(25, 0, 0, 0, 1), reading.Usage);
        Assert.Equal(CountEach(Words), reading.CountedOutput);
    }

    [Fact]
    public void Counts_names_and_arguments_of_tool_calls()
    {
        var stream = StreamFixture.Without(StreamFixture.Load("anthropic-tools"), "message_stop");
        var reading = StreamFixture.Replay(StreamFixture.NewMeter("anthropic"), stream).Reading;
        Assert.Equal(CountEach("Okay, let's check", "get_weather", "{\"location\":", " \"San Fra", "ncisco\"}"), reading.CountedOutput);
        Assert.Equal(Usage.Exclusive(472, 0, 0, 0, 89), reading.Usage);
    }

    [Fact]
    public void Thinking_is_counted_and_known_to_be_more_than_what_passes()
    {
        var reading = StreamFixture.Read("anthropic-thinking");
        Assert.Equal(Usage.Exclusive(25, 0, 0, 0, output: 310, reasoning: 270), reading.Usage);
        Assert.True(reading.Uncounted);
        var cut = StreamFixture.Replay(
            StreamFixture.NewMeter("anthropic"), StreamFixture.Without(StreamFixture.Load("anthropic-thinking"), "message_stop")).Reading;
        Assert.Equal(CountEach(["The user", " asks for", " 27 × 453.", .. Words]), cut.CountedOutput);
    }

    [Fact]
    public void Reads_cache_writes_by_lifetime_and_the_region()
    {
        var reading = StreamFixture.Read("anthropic-cache");
        Assert.Equal(Usage.Exclusive(7, cached: 18000, writtenShort: 1300, writtenLong: 4000, output: 33), reading.Usage);
        Assert.True(reading.Regional);
    }

    [Theory]
    [InlineData(CacheWrite.None, 2048, 0)]
    [InlineData(CacheWrite.Short, 2048, 0)]
    [InlineData(CacheWrite.Long, 0, 2048)]
    public void Prices_unsplit_cache_writes_at_the_longest_lifetime_asked_for(CacheWrite ttl, long writtenShort, long writtenLong)
    {
        var reading = StreamFixture.Read("anthropic-cache-unsplit", longestTtl: ttl);
        Assert.Equal(Usage.Exclusive(25, 0, writtenShort, writtenLong, 33), reading.Usage);
        Assert.Equal(ServiceTier.Batch, reading.ServedTier);
    }

    [Fact]
    public void Each_delta_of_the_message_overwrites_what_it_names()
    {
        var reading = StreamFixture.Read("anthropic-web-search");
        Assert.Equal(Usage.Exclusive(10682, 0, 0, 0, 510) with { ToolCalls = 2 }, reading.Usage);
        Assert.Equal(ServiceTier.Fast, reading.ServedTier);
        Assert.True(reading.Uncounted);
    }

    [Fact]
    public void An_error_in_the_stream_fails_it()
    {
        var reading = StreamFixture.Read("anthropic-error");
        Assert.True(reading.Failed);
        Assert.False(reading.Finished);
        Assert.Equal(Usage.Exclusive(25, 0, 0, 0, 1), reading.Usage);
        Assert.Equal(CountEach("Hello"), reading.CountedOutput);
    }

    [Fact]
    public void A_refusal_is_free_only_before_any_output()
    {
        Assert.Equal(default(Usage), StreamFixture.Read("anthropic-refusal-before-output").Usage);
        Assert.Equal(Usage.Exclusive(900, 0, 0, 0, 12), StreamFixture.Read("anthropic-refusal-mid-stream").Usage);
    }

    [Fact]
    public void Compaction_is_billed_on_top_of_the_totals() =>
        Assert.Equal(Usage.Exclusive(203000, 0, 0, 0, 4500), StreamFixture.Read("anthropic-compaction").Usage);

    [Theory]
    [InlineData("\"output_tokens\":-1")]
    [InlineData("\"output_tokens\":\"9\"")]
    [InlineData("\"output_tokens\":2e3")]
    [InlineData("\"output_tokens\":9,\"input_tokens\":1099511627777")]
    [InlineData("\"output_tokens\":9,\"iterations\":[{\"type\":\"compaction\",\"input_tokens\":-1}]")]
    [InlineData("\"output_tokens\":9,\"iterations\":[7]")]
    public void One_malformed_count_spoils_the_usage(string members)
    {
        var reading = Read(Start + Delta(members) + Stop);
        Assert.Null(reading.Usage);
        Assert.True(reading.Finished);
    }

    [Fact]
    public void Nulls_change_nothing()
    {
        var reading = Read(Start + Delta("\"output_tokens\":9,\"input_tokens\":null,\"cache_creation\":null,\"server_tool_use\":null,\"iterations\":null") + Stop);
        Assert.Equal(Usage.Exclusive(5, 0, 0, 0, 9), reading.Usage);
    }

    [Fact]
    public void Huge_iterations_do_not_overflow()
    {
        var iteration = "{\"type\":\"compaction\",\"input_tokens\":1099511627776,\"output_tokens\":1099511627776}";
        var reading = Read(Start + Delta("\"output_tokens\":9,\"iterations\":[" + string.Join(',', Enumerable.Repeat(iteration, 50_000)) + "]") + Stop);
        Assert.InRange(reading.Usage!.Value.Total, 1, 1L << 43);
    }

    private const string Start = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\n\n";

    private const string Stop = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    private static string Delta(string usage) =>
        "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{" + usage + "}}\n\n";

    private static Core.Metering.MeterReading Read(string stream) =>
        StreamFixture.Replay(StreamFixture.NewMeter("anthropic"), Encoding.UTF8.GetBytes(stream)).Reading;

    private static long CountEach(params string[] deltas) =>
        deltas.Sum(delta => (long)TokenCounter.For(TokenEncoding.Cl100kBase).Count(Encoding.UTF8.GetBytes(delta)));
}
