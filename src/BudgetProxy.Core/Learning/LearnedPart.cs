namespace BudgetProxy.Core.Learning;

/// <summary>What some calls of one key taught. Parts of calls that came one after the other add up. Not safe for several threads.</summary>
public sealed class LearnedPart
{
    /// <summary>Of the bytes below. Another version's are not read: what they knew is learned anew.</summary>
    private const byte Version = 1;

    internal InputSketch? Input { get; set; }

    internal OutputSketch? Output { get; set; }

    /// <summary>What <see cref="ToBytes"/> made; null = it is of another version, or damaged.</summary>
    public static LearnedPart? Read(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        try
        {
            if (reader.ReadByte() != Version)
                return null;
            var part = new LearnedPart
            {
                Input = reader.ReadBoolean() ? InputSketch.Read(reader) : null,
                Output = reader.ReadBoolean() ? OutputSketch.Read(reader) : null,
            };
            return reader.BaseStream.Position == bytes.Length ? part : null;
        }
        catch (Exception damaged) when (damaged is EndOfStreamException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>One kilobyte for input, 700 bytes for output.</summary>
    public byte[] ToBytes()
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Version);
        writer.Write(Input is not null);
        Input?.Write(writer);
        writer.Write(Output is not null);
        Output?.Write(writer);
        return stream.ToArray();
    }

    /// <summary>Adds what calls after these taught.</summary>
    public void Append(LearnedPart later)
    {
        if (later.Input is { } input)
            (Input ??= new InputSketch()).Append(input);
        if (later.Output is { } output)
            (Output ??= new OutputSketch()).Append(output);
    }
}
