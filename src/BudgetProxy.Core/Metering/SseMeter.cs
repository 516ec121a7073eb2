using System.Buffers;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// A meter of server-sent events. Without hiding, bytes pass before they are read; with it, only the incomplete event at the end waits.
/// An event that can't be read passes all the same.
/// </summary>
public abstract class SseMeter : StreamMeter
{
    private readonly SseScanner _scanner = new();
    private readonly PassedText _passed;
    private readonly bool _hides;
    private bool _hidLast;
    private bool _uncounted;

    private protected SseMeter(TokenCounter counter, bool hides)
    {
        ArgumentNullException.ThrowIfNull(counter);
        _passed = new PassedText(counter);
        _hides = hides;
    }

    /// <inheritdoc/>
    public sealed override MeterReading Reading
    {
        get
        {
            var reading = Read();
            return reading with { CountedOutput = IsSettled(reading) ? 0 : _passed.Count(), Uncounted = _uncounted };
        }
    }

    /// <inheritdoc/>
    public sealed override bool PassesAll => !_hides;

    /// <inheritdoc/>
    public sealed override void Observe(ReadOnlySpan<byte> chunk)
    {
        if (_hides) throw new InvalidOperationException("This meter takes a chunk out, so what passes is its to write.");
        var window = _scanner.Begin(chunk);
        while (_scanner.TryRead(window, out var found))
        {
            if (!found.Trailing) Passes(found);
        }

        _scanner.Decided(window);
        _scanner.Keep(window);
    }

    /// <inheritdoc/>
    public sealed override void Pass(ReadOnlySpan<byte> chunk, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_hides)
        {
            PassVisible(chunk, output);
            return;
        }

        output.Write(chunk);
        Observe(chunk);
    }

    /// <inheritdoc/>
    public sealed override void Complete(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (_scanner.TryFinish(out var window, out var found) && Passes(found) && _hides) output.Write(window);
        _scanner.Release();
        _passed.Release(needed: !IsSettled(Read()));
    }

    /// <summary>Takes one event: false when the client is not to see it. Calls <see cref="MarkUncounted"/> when it is not what the API sends.</summary>
    private protected abstract bool Take(in SseEvent taken);

    /// <summary>What is known so far, without the count.</summary>
    private protected abstract MeterReading Read();

    /// <summary>Counts the inside of a JSON string as output.</summary>
    private protected void AddOutput(ReadOnlySpan<byte> escaped) => _passed.Add(escaped);

    /// <summary>Notes that something billed passed that the count does not hold.</summary>
    private protected void MarkUncounted() => _uncounted = true;

    private void PassVisible(ReadOnlySpan<byte> chunk, IBufferWriter<byte> output)
    {
        var window = _scanner.Begin(chunk);
        var from = 0;
        while (_scanner.TryRead(window, out var found))
        {
            if (!found.Trailing) _hidLast = !Passes(found);
            if (!_hidLast) continue;
            output.Write(window[from..found.Start]);
            from = found.End;
        }

        var decided = _scanner.Decided(window);
        if (decided > from) output.Write(window[from..decided]);
        _scanner.Keep(window);
    }

    private bool Passes(in SseEvent found)
    {
        if (!found.TooLong) return (found.Data.IsEmpty && found.Name.IsEmpty) || Take(found);
        MarkUncounted();
        return true;
    }

    private static bool IsSettled(in MeterReading reading) => reading is { Finished: true, Usage: not null };
}
