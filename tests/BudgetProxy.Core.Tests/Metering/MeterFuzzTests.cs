using System.Buffers;
using System.Text;
using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tests.Metering;

/// <summary>Nothing that a provider sends makes a meter throw, change bytes, or invent a usage.</summary>
public sealed class MeterFuzzTests
{
    private static readonly string[] Pieces =
    [
        "data: ", "data:", "data", "event: ", "event: error\n", "\n", "\r", "\r\n", "\n\n", ": c\n", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud83d",
        "null", "true", "-", "1", "12", "1e9", "99999999999999999999", "\"usage\":", "\"choices\":[", "\"delta\":{", "\"content\":\"", "\"error\":",
        "\"prompt_tokens\":", "\"completion_tokens\":", "\"input_tokens\":", "\"output_tokens\":", "\"iterations\":[", "\"type\":\"message_stop\"",
        "\"message\":{", "\"content_block\":{", "\"model\":\"", "[DONE]", "\"type\":\"response.completed\"", "\"response\":{", "\"item\":{", "\"type\":\"response.x.delta\"", "\"delta\":\"", "\uFEFF", "é", "🗼",
    ];

    [Fact]
    public void Random_bytes_pass_as_they_came()
    {
        var random = new Random(7);
        for (var round = 0; round < 3000; round++)
        {
            var stream = new byte[random.Next(200)];
            random.NextBytes(stream);
            AssertPasses(stream, random);
        }
    }

    [Fact]
    public void Random_fragments_pass_as_they_came()
    {
        var random = new Random(8);
        for (var round = 0; round < 10000; round++)
        {
            var fragments = Enumerable.Range(0, random.Next(30)).Select(_ => Pieces[random.Next(Pieces.Length)]);
            AssertPasses(Encoding.UTF8.GetBytes(string.Concat(fragments)), random);
        }
    }

    [Fact]
    public void Damaged_streams_pass_as_they_came()
    {
        var random = new Random(9);
        foreach (var name in StreamFixture.Names)
        {
            var stream = StreamFixture.Load(name);
            for (var round = 0; round < 150; round++)
            {
                var damaged = (byte[])stream.Clone();
                for (var i = random.Next(1, 8); i > 0; i--) damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                AssertPasses(damaged, random);
            }
        }
    }

    [Fact]
    public void Deep_nesting_is_stepped_over()
    {
        var deep = "{\"usage\":" + string.Concat(Enumerable.Repeat("[{\"a\":", 200_000));
        AssertPasses(Encoding.UTF8.GetBytes("data: " + deep + "\n\n"), new Random(1));
        var iterations = "{\"usage\":{" + string.Concat(Enumerable.Repeat("\"iterations\":[{", 200_000));
        AssertPasses(Encoding.UTF8.GetBytes("data: " + iterations + "\n\n"), new Random(1));
    }

    private static void AssertPasses(byte[] stream, Random random)
    {
        var cuts = Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(stream.Length + 1)).Order().ToArray();
        foreach (var name in new[] { "openai", "openai-responses", "anthropic" })
        {
            var whole = StreamFixture.Replay(StreamFixture.NewMeter(name), stream);
            var pieces = StreamFixture.Replay(StreamFixture.NewMeter(name), stream, cuts);
            Assert.True(stream.AsSpan().SequenceEqual(whole.Output));
            Assert.True(stream.AsSpan().SequenceEqual(pieces.Output));
            Assert.Equal(whole.Reading, pieces.Reading);
            AssertBelievable(whole.Reading);
        }

        var hidden = StreamFixture.Replay(StreamFixture.NewMeter("openai", hide: true), stream);
        var hiddenInPieces = StreamFixture.Replay(StreamFixture.NewMeter("openai", hide: true), stream, cuts);
        Assert.True(hidden.Output.AsSpan().SequenceEqual(hiddenInPieces.Output));
        Assert.Equal(hidden.Reading, hiddenInPieces.Reading);
        foreach (var api in Enum.GetValues<ProviderApi>()) AssertBelievable(AnswerMeter.Read(api, stream, CacheWrite.Long));
    }

    private static void AssertBelievable(MeterReading reading)
    {
        Assert.True(reading.CountedOutput >= 0);
        if (reading.Usage is not { } usage) return;
        Assert.All(
            [usage.Input, usage.CachedInput, usage.CacheWriteShort, usage.CacheWriteLong, usage.Output, usage.ToolCalls],
            count => Assert.InRange(count, 0, 2 * JsonCursor.MaxCount));
    }
}
