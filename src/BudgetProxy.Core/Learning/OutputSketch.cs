namespace BudgetProxy.Core.Learning;

/// <summary>How long answers are, as a fading histogram of tokens, each bucket 9 % wide. Not safe for several threads.</summary>
internal sealed class OutputSketch
{
    private const int BucketsPerDoubling = 8;

    /// <summary>Up to 2,097,152 tokens, above every model's maximum (2026-11).</summary>
    private const int Buckets = 21 * BucketsPerDoubling;

    private readonly Histogram _tokens = new(1, BucketsPerDoubling, Buckets);

    /// <summary>Calls that taught.</summary>
    public long Calls { get; private set; }

    /// <summary>Half of the answers were shorter, in tokens.</summary>
    public long Median => (long)Math.Round(_tokens.Quantile(0.5));

    /// <param name="tokens">Of one answer; below 1 counts as 1.</param>
    public void Learn(long tokens)
    {
        _tokens.Add(Math.Max(tokens, 1));
        Calls++;
    }

    /// <summary>Adds what answers after these taught.</summary>
    public void Append(OutputSketch later)
    {
        _tokens.Append(later._tokens, Math.Pow(Decay.Slow, later.Calls));
        Calls += later.Calls;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Calls);
        _tokens.Write(writer);
    }

    /// <exception cref="InvalidDataException">It was not written by <see cref="Write"/>.</exception>
    public static OutputSketch Read(BinaryReader reader)
    {
        var sketch = new OutputSketch { Calls = reader.ReadInt64() };
        if (sketch.Calls is < 0 or > long.MaxValue / 2)
            throw new InvalidDataException("A number of answers is out of its range.");
        sketch._tokens.Read(reader);
        return sketch;
    }
}
