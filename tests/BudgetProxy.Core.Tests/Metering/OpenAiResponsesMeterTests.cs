using System.Text;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Metering;

public sealed class OpenAiResponsesMeterTests
{
    [Theory]
    [InlineData("text", 31, 20, 9, true, false)]
    [InlineData("incomplete", 31, 0, 5, true, false)]
    [InlineData("failed", 31, 0, 4, false, true)]
    [InlineData("reasoning", 31, 0, 200, true, false)]
    public void The_last_event_carries_the_usage(string name, long input, long cached, long output, bool finished, bool failed)
    {
        var reading = StreamFixture.Read("openai-responses-" + name);
        Assert.Equal((input, cached, output), (reading.Usage!.Value.TotalInput, reading.Usage.Value.CachedInput, reading.Usage.Value.Output));
        Assert.Equal((finished, failed), (reading.Finished, reading.Failed));
        Assert.Equal("gpt-4o-mini-2024-07-18", reading.ServedModel);
        Assert.Equal(ServiceTier.Standard, reading.ServedTier);
    }

    [Fact]
    public void A_stream_that_ends_in_an_error_counts_what_passed()
    {
        var reading = StreamFixture.Read("openai-responses-error");
        Assert.Null(reading.Usage);
        Assert.True(reading is { Failed: true, Finished: false, Uncounted: false });
        var counter = TokenCounter.For(TokenEncoding.O200kBase);
        Assert.Equal(new[] { "Hello", " wörld", " \"q\"", "\n", "日本" }.Sum(text => counter.Count(Encoding.UTF8.GetBytes(text))), reading.CountedOutput);
    }

    [Theory]
    [InlineData("reasoning")]
    [InlineData("web-search")]
    public void What_is_billed_out_of_sight_is_not_counted(string name) => Assert.True(StreamFixture.Read("openai-responses-" + name).Uncounted);

    [Fact]
    public void Only_searches_have_a_fee() => Assert.Equal(1, StreamFixture.Read("openai-responses-web-search").Usage!.Value.ToolCalls);

    [Fact]
    public void Searches_of_files_and_sessions_of_code_have_their_own_fees()
    {
        var answer = """
            {"status":"completed","model":"m","usage":{"input_tokens":10,"output_tokens":5},"output":[{"type":"file_search_call"},{"type":"code_interpreter_call","container_id":"c"},
            {"type":"file_search_call"},{"type":"code_interpreter_call","container_id":"c"},{"type":"web_search_call","action":{"type":"search"}},{"type":"message","content":[]}]}
            """;
        var usage = AnswerMeter.Read(ProviderApi.OpenAiResponses, Encoding.UTF8.GetBytes(answer), CacheWrite.None).Usage!.Value;
        Assert.Equal((1, 2, 1), (usage.ToolCalls, usage.FileSearches, usage.CodeSessions));
    }

    [Fact]
    public void A_search_has_its_fee_though_the_last_event_does_not_name_it()
    {
        const string Item = """{"type":"response.output_item.done","item":{"type":"web_search_call","action":{"type":"ACTION"}}}""";
        string[] events =
        [
            "event: response.output_item.done\ndata: " + Item.Replace("ACTION", "search", StringComparison.Ordinal),
            "event: response.output_item.done\ndata: " + Item.Replace("ACTION", "search", StringComparison.Ordinal),
            "event: response.output_item.done\ndata: " + Item.Replace("ACTION", "open_page", StringComparison.Ordinal),
            """
            event: response.completed
            data: {"type":"response.completed","response":{"status":"completed","output":[],"usage":{"input_tokens":5,"output_tokens":7}}}
            """,
        ];
        var stream = Encoding.UTF8.GetBytes(string.Join("\n\n", events) + "\n\n");
        Assert.Equal(2, StreamFixture.Replay(new OpenAiResponsesMeter(TokenCounter.For(TokenEncoding.O200kBase), CacheWrite.None), stream).Reading.Usage!.Value.ToolCalls);
    }

    [Theory]
    [InlineData("completed", "null", true, false)]
    [InlineData("incomplete", "null", true, false)]
    [InlineData("failed", "{\"code\":\"server_error\"}", false, true)]
    [InlineData("queued", "null", false, false)]
    public void A_whole_answer_says_how_it_ended(string status, string error, bool finished, bool failed)
    {
        var reading = Whole($$"""{"usage":{"input_tokens":5,"output_tokens":7},"status":"{{status}}","error":{{error}},"model":"m"}""");
        Assert.Equal((finished, failed), (reading.Finished, reading.Failed));
        Assert.Equal((5, 7), (reading.Usage!.Value.Input, reading.Usage.Value.Output));
    }

    [Fact]
    public void A_usage_that_can_not_be_is_not_believed() =>
        Assert.Null(Whole("""{"status":"completed","usage":{"input_tokens":-5,"output_tokens":7}}""").Usage);

    private static MeterReading Whole(string json) => AnswerMeter.Read(ProviderApi.OpenAiResponses, Encoding.UTF8.GetBytes(json), CacheWrite.None);
}
