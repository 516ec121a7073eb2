using System.Text;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Metering;

public sealed class OpenAiChatMeterTests
{
    [Fact]
    public void Reads_the_usage_chunk()
    {
        var reading = StreamFixture.Read("openai-chat-usage", hide: true);
        Assert.Equal(Usage.Inclusive(prompt: 1290, cached: 1152, 0, 0, output: 17), reading.Usage);
        Assert.Equal("gpt-4o-mini-2024-07-18", reading.ServedModel);
        Assert.Equal(ServiceTier.Standard, reading.ServedTier);
        Assert.True(reading.Finished);
        Assert.False(reading.Failed);
        Assert.False(reading.Uncounted);
        Assert.Equal(0, reading.CountedOutput);
    }

    [Fact]
    public void Counts_what_passed_when_no_usage_comes()
    {
        var reading = StreamFixture.Read("openai-chat-no-usage");
        Assert.Null(reading.Usage);
        Assert.True(reading.Finished);
        Assert.Equal(CountEach("The", " capital", " of", " France", " is", " Paris", ".\n", "\"", "Voilà", " 🗼", "\"", " — ", "巴黎", "\\n", "}{", "\u0001"), reading.CountedOutput);
    }

    [Fact]
    public void Counts_names_and_arguments_of_tool_calls()
    {
        var reading = Cut("openai-chat-tools");
        Assert.Equal(
            CountEach("get_weather", "{\"", "location", "\":\"", "Münch", "en", ",", "\"unit\":\"c", "\"}", "shell", "ls -l"), reading.CountedOutput);
        Assert.Equal(Usage.Inclusive(81, 0, 0, 0, 32), StreamFixture.Read("openai-chat-tools").Usage);
    }

    [Fact]
    public void Counts_refusals_and_shown_reasoning()
    {
        Assert.Equal(CountEach("I'm", " sorry", ", I", " can", "'t", " help", " with", " that", "."), Cut("openai-chat-refusal").CountedOutput);
        Assert.Equal(CountEach("Let", " me", " think", ". ", "It", "'s", " 4", "."), Cut("compatible-reasoning-content").CountedOutput);
    }

    [Fact]
    public void Reads_hidden_reasoning_as_a_part_of_the_output()
    {
        var reading = StreamFixture.Read("openai-chat-hidden-reasoning");
        Assert.Equal(Usage.Inclusive(33, 0, 0, 0, output: 715, reasoning: 704), reading.Usage);
        Assert.Equal(ServiceTier.Flex, reading.ServedTier);
    }

    [Fact]
    public void Believes_the_last_of_several_usages()
    {
        Assert.Equal(Usage.Inclusive(5, 0, 0, 0, 3), StreamFixture.Read("compatible-usage-with-choices", hide: true).Usage);
        Assert.Equal(Usage.Inclusive(9, 0, 0, 0, 9, reasoning: 4), StreamFixture.Read("compatible-reasoning-content", hide: true).Usage);
    }

    [Fact]
    public void Skips_the_empty_model_of_the_first_azure_chunk()
    {
        var reading = StreamFixture.Read("azure-first-chunk", hide: true);
        Assert.Equal("gpt-4o-2024-11-20", reading.ServedModel);
        Assert.Equal(Usage.Inclusive(18, 0, 0, 0, 4), reading.Usage);
        Assert.Null(reading.ServedTier);
    }

    [Fact]
    public void An_error_in_the_stream_fails_it()
    {
        var reading = StreamFixture.Read("openai-chat-error", hide: true);
        Assert.True(reading.Failed);
        Assert.False(reading.Finished);
        Assert.Null(reading.Usage);
        Assert.Equal(CountEach("Once", " upon"), reading.CountedOutput);
    }

    [Theory]
    [InlineData("openai-chat-comments-lf")]
    [InlineData("openai-chat-comments-crlf")]
    [InlineData("openai-chat-comments-cr")]
    public void Reads_through_comments_all_line_ends_and_several_data_lines(string name)
    {
        foreach (var hide in new[] { false, true })
        {
            var reading = StreamFixture.Read(name, hide);
            Assert.Equal(Usage.Inclusive(19, 0, 0, 0, 10), reading.Usage);
            Assert.True(reading.Finished);
            Assert.False(reading.Uncounted);
        }
    }

    [Theory]
    [InlineData(CacheWrite.None, 3900, 0)]
    [InlineData(CacheWrite.Short, 3900, 0)]
    [InlineData(CacheWrite.Long, 0, 3900)]
    public void Prices_cache_writes_at_the_longest_lifetime_asked_for(CacheWrite ttl, long writtenShort, long writtenLong)
    {
        var reading = StreamFixture.Read("openai-chat-cache-write", hide: true, ttl);
        Assert.Equal(Usage.Inclusive(5000, 1024, writtenShort, writtenLong, 16), reading.Usage);
        Assert.Equal(76, reading.Usage!.Value.Input);
        Assert.Equal(ServiceTier.Fast, reading.ServedTier);
    }

    [Theory]
    [InlineData("""{"prompt_tokens":-1,"completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":"1","completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":1.5,"completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":1e3}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":1099511627777}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":99999999999999999999999}""")]
    [InlineData("""{"prompt_tokens":1}""")]
    [InlineData("""{"prompt_tokens":null,"completion_tokens":2}""")]
    [InlineData("""{"prompt_tokens":1,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":-5}}""")]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""7""")]
    [InlineData("\"none\"")]
    [InlineData("true")]
    public void Does_not_believe_a_malformed_usage_and_hides_it_all_the_same(string usage)
    {
        var stream = Encoding.UTF8.GetBytes(
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}],\"usage\":null}\n\ndata: {\"choices\":[],\"usage\":" + usage + "}\n\ndata: [DONE]\n\n");
        var (reading, output) = StreamFixture.Replay(StreamFixture.NewMeter("openai", hide: true), stream);
        Assert.Null(reading.Usage);
        Assert.True(reading.Finished);
        Assert.Equal(CountEach("Hi"), reading.CountedOutput);
        Assert.Equal(
            "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}],\"usage\":null}\n\ndata: [DONE]\n\n", Encoding.UTF8.GetString(output));
    }

    [Fact]
    public void A_malformed_usage_after_a_good_one_is_the_last_word()
    {
        var reading = Read("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\ndata: {\"choices\":[],\"usage\":{}}\n\n");
        Assert.Null(reading.Usage);
    }

    [Theory]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"Hi\n\n")]
    [InlineData("data: hello\n\n")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"audio\":{\"id\":\"a\",\"data\":\"UklG\"}}}]}\n\n")]
    public void Says_so_when_something_passed_that_it_can_not_count(string stream)
    {
        Assert.True(Read(stream).Uncounted);
        Assert.False(Read("data: {\"choices\":[{\"delta\":{\"audio\":null,\"role\":\"assistant\"}}]}\n\n").Uncounted);
    }

    [Fact]
    public void An_event_beyond_the_limit_passes_unread()
    {
        var text = new string('x', SseScanner.MaxEvent);
        var stream = Encoding.UTF8.GetBytes(
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2},\"x\":\"" + text + "\"}\r\n\r\ndata: [DONE]\r\n\r\n");
        int[][] cuttings = [[], [100], [1 << 20, 3 << 20, stream.Length - 20], [stream.Length - 19, stream.Length - 18, stream.Length - 17, stream.Length - 16]];
        foreach (var cuts in cuttings)
        {
            var (reading, output) = StreamFixture.Replay(StreamFixture.NewMeter("openai", hide: true), stream, cuts);
            Assert.True(stream.AsSpan().SequenceEqual(output));
            Assert.Null(reading.Usage);
            Assert.True(reading.Uncounted);
            Assert.True(reading.Finished);
        }
    }

    [Fact]
    public void A_line_end_inside_an_event_beyond_the_limit_does_not_end_it()
    {
        var hidden = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n";
        var first = Encoding.UTF8.GetBytes(":" + new string('x', SseScanner.MaxEvent));
        var stream = (byte[])[.. first, .. Encoding.UTF8.GetBytes("\n" + hidden + hidden)];
        foreach (var cut in new[] { first.Length - 1, first.Length, first.Length + 1, first.Length + 2 })
        {
            var (reading, output) = StreamFixture.Replay(StreamFixture.NewMeter("openai", hide: true), stream, cut);
            Assert.True(stream.AsSpan(0, stream.Length - hidden.Length).SequenceEqual(output), $"Output differs when cut at {cut}.");
            Assert.NotNull(reading.Usage);
            Assert.True(reading.Uncounted);
        }
    }

    [Fact]
    public void Data_lines_of_one_event_are_joined()
    {
        var reading = Read("data:{\ndata: \"choices\":[{\ndata:  \"delta\":{\"content\":\"joined\"}\nid: 1\ndata:}]\ndata\ndata: }\n\n");
        Assert.False(reading.Uncounted);
        Assert.Equal(CountEach("joined"), reading.CountedOutput);
    }

    [Theory]
    [InlineData("\uFEFFdata: ")]
    [InlineData("\r\ndata: ")]
    [InlineData("data:")]
    [InlineData("\uFEFFevent: message\ndata: ")]
    public void Reads_the_first_line_whatever_stands_before_it(string field) =>
        Assert.NotNull(Read(field + "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n").Usage);

    [Theory]
    [InlineData("database: ")]
    [InlineData(" data: ")]
    [InlineData(":data: ")]
    [InlineData("Data: ")]
    public void Other_fields_are_not_read(string field) =>
        Assert.Null(Read(field + "{\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n").Usage);

    [Fact]
    public void An_error_is_shown_even_beside_a_usage()
    {
        var stream = Encoding.UTF8.GetBytes("data: {\"error\":{\"message\":\"x\"},\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}}\n\n");
        var (reading, output) = StreamFixture.Replay(StreamFixture.NewMeter("openai", hide: true), stream);
        Assert.Equal(stream, output);
        Assert.True(reading.Failed);
        Assert.True(Read("event: error\ndata: {}\n\n").Failed);
    }

    [Fact]
    public void The_bytes_before_the_limit_is_reached_do_not_wait_for_the_end_of_the_event()
    {
        var meter = StreamFixture.NewMeter("openai", hide: true);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var piece = new byte[1 << 20];
        piece.AsSpan().Fill((byte)'x');
        for (var i = 0; i < 9; i++) meter.Pass(piece, output);
        Assert.Equal(9 << 20, output.WrittenCount);
    }

    /// <summary>A beginning that was walked before is not walked again; whatever stands in it, the reading must be that of a full walk.</summary>
    [Fact]
    public void Chunks_that_begin_alike_read_as_if_each_stood_alone()
    {
        string[] chunks =
        [
            """{"id":"a","model":"m","choices":[{"delta":{"content":"one"}}],"usage":null}""",
            """{"id":"a","model":"m","choices":[{"delta":{"content":"two"}},{"delta":{"content":"three"}}],"usage":null}""",
            """{"id":"a","model":"m","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":3}}""",
            """{"id":"b","model":"m","service_tier":"flex","choices":[{"delta":{"content":"four"}}]}""",
            """{"id":"a","model":"m","choices":[{"delta":{"content":"five"}}],"choices":[{"delta":{"content":"six"}}]}""",
            """{"id":"a","model":"m","choices":[],"choices":[{"delta":{"content":"seven"}}]}""",
            """{"usage":{"prompt_tokens":1,"completion_tokens":4},"choices":[{"delta":{"content":"eight"}}]}""",
            """{"usage":{"prompt_tokens":1,"completion_tokens":5},"choices":[]}""",
            """{"error":{"message":"x"},"choices":[]}""",
            """{"id":"a","model":"m","choices":"none"}""",
            """{"id":"a","model":"m","choices":""",
        ];
        var random = new Random(4);
        for (var round = 0; round < 2000; round++)
        {
            var picked = Enumerable.Range(0, random.Next(1, 12)).Select(_ => chunks[random.Next(chunks.Length)]).ToArray();
            var alone = picked.Select(chunk => Replay(Event(chunk))).ToArray();
            var (reading, output) = Replay(string.Concat(picked.Select(Event)));
            Assert.Equal(alone.Sum(one => one.Reading.CountedOutput), reading.CountedOutput);
            Assert.Equal(string.Concat(alone.Select(one => one.Output)), output);
            Assert.Equal(alone.LastOrDefault(one => one.Reading.Usage is not null).Reading.Usage, reading.Usage);
            Assert.Equal(alone.Any(one => one.Reading.Failed), reading.Failed);
            Assert.Equal(alone.Any(one => one.Reading.Uncounted), reading.Uncounted);
            Assert.Equal(alone.Any(one => one.Reading.ServedTier == ServiceTier.Flex), reading.ServedTier == ServiceTier.Flex);
        }

        static string Event(string chunk) => "data: " + chunk + "\n\n";

        static (MeterReading Reading, string Output) Replay(string stream)
        {
            var (reading, output) = StreamFixture.Replay(StreamFixture.NewMeter("openai", hide: true), Encoding.UTF8.GetBytes(stream));
            return (reading, Encoding.UTF8.GetString(output));
        }
    }

    /// <summary>What is read of a stream that ends before its usage and its end.</summary>
    private static MeterReading Cut(string name)
    {
        var stream = StreamFixture.Without(StreamFixture.Without(StreamFixture.Load(name), "data: [DONE]"), "\"choices\":[],\"usage\":{");
        return StreamFixture.Replay(StreamFixture.NewMeter(name), stream).Reading;
    }

    private static MeterReading Read(string stream) => StreamFixture.Replay(StreamFixture.NewMeter("openai"), Encoding.UTF8.GetBytes(stream)).Reading;

    private static long CountEach(params string[] deltas) =>
        deltas.Sum(delta => (long)TokenCounter.For(TokenEncoding.O200kBase).Count(Encoding.UTF8.GetBytes(delta)));
}
