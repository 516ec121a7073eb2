using BudgetProxy.Batches;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Tests.Batches;

public sealed class LineChunkTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500)]
    public void Lines_are_read_as_they_were_written(int count)
    {
        var random = new Random(count);
        var lines = Enumerable.Range(0, count).Select(_ => Line(random)).ToList();
        Assert.Equal(lines, LineChunk.ReadLines(LineChunk.OfLines(lines)));
        var priced = lines.Select(line => new PricedLine(
            line, random.Next(2) == 0 ? null : $"u{random.Next(9)}", new NanoUsd(random.NextInt64(1L << 52)),
            new Usage { Input = random.NextInt64(1L << 40), Output = random.Next(), CacheWriteLong = random.Next(), ToolCalls = random.Next(), ImageOutput = random.Next(), FileSearches = 7, CodeSessions = 8 },
            [.. Enumerable.Range(0, random.Next(4)).Select(_ => random.Next(200))])).ToList();
        var read = LineChunk.ReadPriced(LineChunk.OfPriced(priced));
        Assert.Equal(priced.Select(line => line with { Holds = [] }), read.Select(line => line with { Holds = [] }));
        Assert.Equal(priced.Select(line => line.Holds), read.Select(line => line.Holds));
    }

    [Fact]
    public void A_line_takes_few_bytes()
    {
        var line = new BatchLine { CustomId = BatchEnvelope.HashOf("a"), Api = ProviderApi.OpenAiChat, Model = "gpt-4o-mini", Tokens = 900, Bound = 1_000, OutputLimit = 500 };
        var chunk = LineChunk.OfLines([.. Enumerable.Repeat(line, LineChunk.Size)]);
        Assert.InRange(chunk.Length, 1, 40 * LineChunk.Size);
    }

    [Fact]
    public void A_damaged_chunk_says_so()
    {
        var chunk = LineChunk.OfLines([Line(new Random(1))]);
        Assert.Throws<FormatException>(() => LineChunk.ReadLines(chunk[..^3]));
        Assert.Throws<FormatException>(() => LineChunk.ReadLines([9, .. chunk[1..]]));
        Assert.Throws<FormatException>(() => LineChunk.ReadLines([]));
    }

    [Fact]
    public void Ids_of_lines_are_all_different_and_never_those_of_corrections()
    {
        var batch = Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(56));
        var ids = Enumerable.Range(0, AnthropicBatchReader.MaxLines).Select(line => BatchIds.OfLine(batch, line)).ToHashSet();
        Assert.Equal(AnthropicBatchReader.MaxLines, ids.Count);
        Assert.DoesNotContain(batch, ids);
        Assert.All(ids, id => Assert.Equal(7, id.Version));
        // A correction changes the last four bytes alone.
        Assert.All(ids, id => Assert.False(id.ToByteArray(bigEndian: true).AsSpan(0, 12).SequenceEqual(batch.ToByteArray(bigEndian: true).AsSpan(0, 12))));
        Assert.Equal(BatchIds.OfLine(batch, 7), BatchIds.OfLine(batch, 7));
    }

    private static BatchLine Line(Random random) => new()
    {
        CustomId = new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()),
        Api = (ProviderApi)random.Next(5),
        Model = $"model-{random.Next(3)}",
        User = random.Next(3) == 0 ? null : $"user-{random.Next(50)}",
        Tokens = random.NextInt64(1L << 40),
        Bound = random.NextInt64(1L << 40),
        Prediction = random.Next(3) * 100,
        OutputLimit = random.Next(2) == 0 ? null : random.Next(100_000),
        Choices = 1 + random.Next(128),
        Inputs = random.Next(3),
        ServerToolCalls = random.Next(3),
        FileSearches = random.Next(3),
        CodeSessions = random.Next(3),
        AudioTokens = random.Next(1_000),
        CacheWrite = (CacheWrite)random.Next(3),
        CacheWriteOff = random.Next(2) == 0,
        Regional = random.Next(2) == 0,
        HasOutput = random.Next(2) == 0,
        AudioOutput = random.Next(2) == 0,
        LimitMayExceedModel = random.Next(2) == 0,
    };
}
