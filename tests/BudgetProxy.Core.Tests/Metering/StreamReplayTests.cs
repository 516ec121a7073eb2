using System.Buffers;
using System.Text;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Tests.Metering;

/// <summary>Chunk boundaries change nothing: neither what is read nor what passes.</summary>
public sealed class StreamReplayTests
{
    // Only the extra usage chunk has both: no choices, and a usage that is an object.
    private static readonly string[] HiddenEvent = ["\"choices\":[],\"usage\":{", "\"choices\":[],\n", "\"choices\":[],\r"];

    public static TheoryData<string> Streams => new(StreamFixture.Names);

    [Fact]
    public void Streams_of_both_providers_are_found()
    {
        Assert.Contains("openai-chat-usage", StreamFixture.Names);
        Assert.Contains("anthropic-text", StreamFixture.Names);
        Assert.Contains("openai-responses-text", StreamFixture.Names);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Two_pieces_cut_at_any_byte_read_the_same(string name)
    {
        var stream = StreamFixture.Load(name);
        foreach (var hide in StreamFixture.HideFlags(name))
        {
            var whole = StreamFixture.Replay(StreamFixture.NewMeter(name, hide), stream);
            for (var cut = 0; cut <= stream.Length; cut++)
            {
                var pieces = StreamFixture.Replay(StreamFixture.NewMeter(name, hide), stream, cut);
                Assert.Equal(whole.Reading, pieces.Reading);
                Assert.True(whole.Output.AsSpan().SequenceEqual(pieces.Output), $"Output differs when cut at {cut}.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Single_bytes_and_random_pieces_read_the_same(string name)
    {
        var stream = StreamFixture.Load(name);
        var random = new Random(1);
        foreach (var hide in StreamFixture.HideFlags(name))
        {
            var whole = StreamFixture.Replay(StreamFixture.NewMeter(name, hide), stream);
            AssertSame(whole, StreamFixture.Replay(StreamFixture.NewMeter(name, hide), stream, Enumerable.Range(0, stream.Length).ToArray()));
            for (var round = 0; round < 200; round++)
            {
                var cuts = Enumerable.Range(0, random.Next(1, 40)).Select(_ => random.Next(stream.Length + 1)).Order().ToArray();
                AssertSame(whole, StreamFixture.Replay(StreamFixture.NewMeter(name, hide), stream, cuts));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Nothing_is_changed_unless_the_usage_chunk_is_hidden(string name)
    {
        var stream = StreamFixture.Load(name);
        var meter = StreamFixture.NewMeter(name);
        var output = new ArrayBufferWriter<byte>();
        for (var i = 0; i < stream.Length; i++)
        {
            meter.Pass(stream.AsSpan(i, 1), output);
            Assert.Equal(i + 1, output.WrittenCount);
        }

        meter.Complete(output);
        Assert.Equal(stream, output.WrittenSpan.ToArray());
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_meter_that_hides_nothing_reads_the_same_where_the_caller_hands_the_bytes_on(string name)
    {
        var stream = StreamFixture.Load(name);
        var whole = StreamFixture.Replay(StreamFixture.NewMeter(name), stream).Reading;
        foreach (var size in (int[])[1, 7, 100, stream.Length])
        {
            var meter = StreamFixture.NewMeter(name);
            Assert.True(meter.PassesAll);
            for (var at = 0; at < stream.Length; at += size) meter.Observe(stream.AsSpan(at, Math.Min(size, stream.Length - at)));
            var held = new ArrayBufferWriter<byte>();
            meter.Complete(held);
            Assert.Equal(0, held.WrittenCount);
            Assert.Equal(whole, meter.Reading);
        }
    }

    [Fact]
    public void A_meter_that_hides_does_not_let_its_caller_hand_the_bytes_on()
    {
        var meter = StreamFixture.NewMeter("openai-chat-usage", hide: true);
        Assert.False(meter.PassesAll);
        Assert.Throws<InvalidOperationException>(() => meter.Observe("data: x\n\n"u8));
    }

    [Fact]
    public void A_meter_takes_little_memory_until_its_first_chunk()
    {
        StreamFixture.NewMeter("openai-chat-usage");
        var before = GC.GetAllocatedBytesForCurrentThread();
        StreamFixture.NewMeter("openai-chat-usage");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 512);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Hiding_takes_out_the_usage_chunk_and_nothing_else(string name)
    {
        if (!StreamFixture.CanHide(name)) return;
        var stream = StreamFixture.Load(name);
        var output = StreamFixture.Replay(StreamFixture.NewMeter(name, hide: true), stream).Output;
        var expected = HiddenEvent.Aggregate(stream, StreamFixture.Without);
        Assert.Equal(Encoding.Latin1.GetString(expected), Encoding.Latin1.GetString(output));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void What_passes_is_read_as_a_stream_without_usage_chunk(string name)
    {
        if (!StreamFixture.CanHide(name)) return;
        var hidden = StreamFixture.Replay(StreamFixture.NewMeter(name, hide: true), StreamFixture.Load(name));
        var client = StreamFixture.Replay(StreamFixture.NewMeter(name), hidden.Output).Reading;
        Assert.Equal(hidden.Reading.Finished, client.Finished);
        Assert.Equal(hidden.Reading.Failed, client.Failed);
        Assert.Equal(hidden.Reading.ServedModel, client.ServedModel);
        Assert.False(client.Uncounted);
        if (name != "compatible-usage-with-choices" && name != "compatible-reasoning-content") Assert.Null(client.Usage);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Hiding_holds_back_at_most_the_incomplete_event(string name)
    {
        if (!StreamFixture.CanHide(name)) return;
        var stream = StreamFixture.Load(name);
        var meter = StreamFixture.NewMeter(name, hide: true);
        var output = new ArrayBufferWriter<byte>();
        for (var length = 1; length <= stream.Length; length++)
        {
            meter.Pass(stream.AsSpan(length - 1, 1), output);
            var complete = HiddenEvent.Aggregate(StreamFixture.CompleteEvents(stream[..length]), StreamFixture.Without);
            Assert.InRange(output.WrittenCount, complete.Length, length);
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_cut_anywhere_is_not_finished_and_reads_no_more_than_the_whole(string name)
    {
        var stream = StreamFixture.Load(name);
        var end = EndOfLastData(stream);
        var refused = name == "anthropic-refusal-before-output";
        foreach (var hide in StreamFixture.HideFlags(name))
        {
            var whole = StreamFixture.Replay(StreamFixture.NewMeter(name, hide), stream).Reading;
            var all = StreamFixture.Replay(StreamFixture.NewMeter(name, hide), stream[..end]).Reading.CountedOutput;
            Assert.True(all > 0 || refused);
            var last = 0L;
            for (var length = 0; length < end; length++)
            {
                var cut = StreamFixture.Replay(StreamFixture.NewMeter(name, hide), stream[..length]);
                Assert.False(cut.Reading.Finished);
                Assert.InRange(cut.Reading.CountedOutput, last, all);
                if (!refused) AssertNoMore(cut.Reading.Usage, whole.Usage);
                Assert.True(whole.Uncounted || !cut.Reading.Uncounted);
                last = cut.Reading.CountedOutput;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Chunks_allocate_nothing(string name)
    {
        var stream = StreamFixture.Load(name);
        var output = new ArrayBufferWriter<byte>(1 << 20);
        foreach (var hide in StreamFixture.HideFlags(name))
        {
            var meter = StreamFixture.NewMeter(name, hide);
            Pass(meter, stream, output);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Pass(meter, stream, output);
            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        static void Pass(StreamMeter meter, byte[] stream, ArrayBufferWriter<byte> output)
        {
            output.ResetWrittenCount();
            for (var at = 0; at < stream.Length; at += 100) meter.Pass(stream.AsSpan(at, Math.Min(100, stream.Length - at)), output);
        }
    }

    /// <summary>Where the last event's data ends, short of its last byte: cut there or before and the stream has not come to its end.</summary>
    private static int EndOfLastData(byte[] stream) => stream.AsSpan().TrimEnd("\r\n"u8).Length - 1;

    private static void AssertNoMore(Usage? cut, Usage? whole)
    {
        if (cut is not { } less) return;
        Assert.NotNull(whole);
        Assert.InRange(less.TotalInput, 0, whole.Value.TotalInput);
        Assert.InRange(less.Output, 0, whole.Value.Output);
    }

    private static void AssertSame((MeterReading Reading, byte[] Output) expected, (MeterReading Reading, byte[] Output) actual)
    {
        Assert.Equal(expected.Reading, actual.Reading);
        Assert.Equal(expected.Output, actual.Output);
    }
}
