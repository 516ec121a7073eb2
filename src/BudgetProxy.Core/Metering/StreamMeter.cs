using System.Buffers;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// Reads a streamed answer as it passes, whatever the chunk boundaries, and hands on the bytes the client is to get: the very same, but for the
/// usage chunk that the client had not asked for. One instance a call; not safe for two threads. It never throws for what the provider sent.
/// </summary>
public abstract class StreamMeter
{
    /// <summary>What is known so far. Counts what is not counted yet, so ask once, at the end.</summary>
    public abstract MeterReading Reading { get; }

    /// <summary>True when every byte passes, and at once: a caller may then <see cref="Observe"/> a chunk and hand it on itself, without a copy.</summary>
    public abstract bool PassesAll { get; }

    /// <summary>Reads the next bytes from the provider, which the caller hands on. Never mixed with <see cref="Pass"/> on one stream.</summary>
    /// <exception cref="InvalidOperationException"><see cref="PassesAll"/> is false.</exception>
    public abstract void Observe(ReadOnlySpan<byte> chunk);

    /// <summary>Takes the next bytes from the provider and writes those that pass to <paramref name="output"/>.</summary>
    public abstract void Pass(ReadOnlySpan<byte> chunk, IBufferWriter<byte> output);

    /// <summary>
    /// The provider's stream has ended: writes what was held back and gives buffers back to their pool. For a stream that is given up it
    /// need not be called.
    /// </summary>
    public abstract void Complete(IBufferWriter<byte> output);
}
