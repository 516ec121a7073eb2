using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Batches;

/// <summary>
/// Lines as they are kept: up to <see cref="Size"/> in one piece of bytes, each text once, numbers in as few bytes as they need. A line of a file takes some
/// 35 bytes, one that is priced some 50.
/// </summary>
public static class LineChunk
{
    /// <summary>Lines of a chunk; of a list only the last has fewer.</summary>
    public const int Size = 500;

    private const byte Version = 1;

    [Flags]
    private enum Facts
    {
        None = 0,
        CacheWriteOff = 1,
        Regional = 2,
        HasOutput = 4,
        AudioOutput = 8,
        LimitMayExceedModel = 16,
        HasOutputLimit = 32,
    }

    /// <summary>Lines as they are read, before they are priced.</summary>
    public static byte[] OfLines(IReadOnlyList<BatchLine> lines) => Write(lines.Count, (texts, writer, i) => WriteLine(lines[i], texts, writer));

    public static byte[] OfPriced(IReadOnlyList<PricedLine> lines) => Write(
        lines.Count,
        (texts, writer, i) =>
        {
            var line = lines[i];
            WriteLine(line.Line, texts, writer);
            WriteText(line.User, texts, writer);
            writer.Write7BitEncodedInt64(line.Worst.Value);
            WriteUsage(line.WorstUsage, writer);
            writer.Write7BitEncodedInt(line.Holds.Count);
            foreach (var hold in line.Holds)
                writer.Write7BitEncodedInt(hold);
        });

    /// <exception cref="FormatException">The chunk was not written by <see cref="OfLines"/>.</exception>
    public static IReadOnlyList<BatchLine> ReadLines(byte[] chunk) => Read(chunk, ReadLine);

    /// <exception cref="FormatException">The chunk was not written by <see cref="OfPriced"/>.</exception>
    public static IReadOnlyList<PricedLine> ReadPriced(byte[] chunk) => Read(
        chunk,
        (reader, texts) =>
        {
            var line = ReadLine(reader, texts);
            var user = ReadText(reader, texts);
            var worst = new NanoUsd(reader.Read7BitEncodedInt64());
            var usage = ReadUsage(reader);
            var holds = new int[reader.Read7BitEncodedInt()];
            for (var i = 0; i < holds.Length; i++)
                holds[i] = reader.Read7BitEncodedInt();
            return new PricedLine(line, user, worst, usage, holds);
        });

    private static byte[] Write(int count, Action<Dictionary<string, int>, BinaryWriter, int> write)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Version);
        writer.Write7BitEncodedInt(count);
        var texts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
            write(texts, writer, i);
        writer.Flush();
        return bytes.ToArray();
    }

    private static List<T> Read<T>(byte[] chunk, Func<BinaryReader, List<string>, T> read)
    {
        using var reader = new BinaryReader(new MemoryStream(chunk));
        try
        {
            if (reader.ReadByte() != Version)
                throw new FormatException("The lines of this batch were written by another version.");
            var count = reader.Read7BitEncodedInt();
            var (lines, texts) = (new List<T>(Math.Min(count, Size)), new List<string>());
            for (var i = 0; i < count; i++)
                lines.Add(read(reader, texts));
            return lines;
        }
        catch (EndOfStreamException cut)
        {
            throw new FormatException("The lines of this batch are cut off.", cut);
        }
    }

    private static void WriteLine(BatchLine line, Dictionary<string, int> texts, BinaryWriter writer)
    {
        writer.Write((ulong)(line.CustomId >> 64));
        writer.Write((ulong)line.CustomId);
        WriteText(line.Api.Name(), texts, writer);
        writer.Write((byte)line.CacheWrite);
        writer.Write((byte)FactsOf(line));
        WriteText(line.Model, texts, writer);
        WriteText(line.User, texts, writer);
        writer.Write7BitEncodedInt64(line.Tokens);
        writer.Write7BitEncodedInt64(line.Bound);
        writer.Write7BitEncodedInt64(line.Prediction);
        writer.Write7BitEncodedInt64(line.OutputLimit ?? 0);
        writer.Write7BitEncodedInt(line.Choices);
        writer.Write7BitEncodedInt(line.Inputs);
        writer.Write7BitEncodedInt(line.ServerToolCalls);
        writer.Write7BitEncodedInt(line.FileSearches);
        writer.Write7BitEncodedInt(line.CodeSessions);
        writer.Write7BitEncodedInt64(line.AudioTokens);
    }

    private static BatchLine ReadLine(BinaryReader reader, List<string> texts)
    {
        var id = new UInt128(reader.ReadUInt64(), reader.ReadUInt64());
        var (api, write, facts) = (ApiOf(ReadText(reader, texts)), (CacheWrite)reader.ReadByte(), (Facts)reader.ReadByte());
        var (model, user) = (ReadText(reader, texts), ReadText(reader, texts));
        var (tokens, bound, prediction, limit) =
            (reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64());
        return new BatchLine
        {
            CustomId = id,
            Api = api,
            Model = model ?? "",
            User = user,
            Tokens = tokens,
            Bound = bound,
            Prediction = prediction,
            OutputLimit = facts.HasFlag(Facts.HasOutputLimit) ? limit : null,
            Choices = reader.Read7BitEncodedInt(),
            Inputs = reader.Read7BitEncodedInt(),
            ServerToolCalls = reader.Read7BitEncodedInt(),
            FileSearches = reader.Read7BitEncodedInt(),
            CodeSessions = reader.Read7BitEncodedInt(),
            AudioTokens = reader.Read7BitEncodedInt64(),
            CacheWrite = write,
            CacheWriteOff = facts.HasFlag(Facts.CacheWriteOff),
            Regional = facts.HasFlag(Facts.Regional),
            HasOutput = facts.HasFlag(Facts.HasOutput),
            AudioOutput = facts.HasFlag(Facts.AudioOutput),
            LimitMayExceedModel = facts.HasFlag(Facts.LimitMayExceedModel),
        };
    }

    private static ProviderApi ApiOf(string? name)
    {
        foreach (var api in Enum.GetValues<ProviderApi>())
        {
            if (api.Name() == name)
                return api;
        }

        throw new FormatException("A line of this batch is of another version.");
    }

    private static Facts FactsOf(BatchLine line) =>
        If(line.CacheWriteOff, Facts.CacheWriteOff) | If(line.Regional, Facts.Regional) | If(line.HasOutput, Facts.HasOutput)
        | If(line.AudioOutput, Facts.AudioOutput) | If(line.LimitMayExceedModel, Facts.LimitMayExceedModel) | If(line.OutputLimit is not null, Facts.HasOutputLimit);

    private static Facts If(bool holds, Facts fact) => holds ? fact : Facts.None;

    // 0 = none, n = the n-th text; one that is new follows its number.
    private static void WriteText(string? text, Dictionary<string, int> texts, BinaryWriter writer)
    {
        if (text is null)
        {
            writer.Write7BitEncodedInt(0);
            return;
        }

        if (texts.TryGetValue(text, out var number))
        {
            writer.Write7BitEncodedInt(number);
            return;
        }

        texts.Add(text, texts.Count + 1);
        writer.Write7BitEncodedInt(texts.Count);
        writer.Write(text);
    }

    private static string? ReadText(BinaryReader reader, List<string> texts)
    {
        var number = reader.Read7BitEncodedInt();
        if (number == 0)
            return null;
        if (number > texts.Count)
            texts.Add(reader.ReadString());
        return texts[number - 1];
    }

    private static void WriteUsage(in Usage usage, BinaryWriter writer)
    {
        foreach (var tokens in (ReadOnlySpan<long>)[
            usage.Input, usage.CachedInput, usage.CacheWriteShort, usage.CacheWriteLong, usage.Output,
            usage.Reasoning, usage.AudioInput, usage.AudioOutput, usage.ImageInput, usage.ImageOutput,
            usage.ToolCalls, usage.FileSearches, usage.CodeSessions])
            writer.Write7BitEncodedInt64(tokens);
    }

    private static Usage ReadUsage(BinaryReader reader) => new()
    {
        Input = reader.Read7BitEncodedInt64(),
        CachedInput = reader.Read7BitEncodedInt64(),
        CacheWriteShort = reader.Read7BitEncodedInt64(),
        CacheWriteLong = reader.Read7BitEncodedInt64(),
        Output = reader.Read7BitEncodedInt64(),
        Reasoning = reader.Read7BitEncodedInt64(),
        AudioInput = reader.Read7BitEncodedInt64(),
        AudioOutput = reader.Read7BitEncodedInt64(),
        ImageInput = reader.Read7BitEncodedInt64(),
        ImageOutput = reader.Read7BitEncodedInt64(),
        ToolCalls = reader.Read7BitEncodedInt64(),
        FileSearches = reader.Read7BitEncodedInt64(),
        CodeSessions = reader.Read7BitEncodedInt64(),
    };
}
