using System.Buffers;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// Finds the events in a stream of server-sent events, whatever the chunk boundaries and line ends (source: WHATWG HTML, "Server-sent events").
/// It copies only the incomplete event at the end of a chunk, and looks at each byte once. For each chunk: <see cref="Begin"/>,
/// <see cref="TryRead"/> until false, <see cref="Decided"/>, <see cref="Keep"/>.
/// </summary>
internal sealed class SseScanner
{
    /// <summary>Bytes of one event at most; a longer one is not kept, so a stream without blank lines can't fill the memory.</summary>
    public const int MaxEvent = 8 << 20;

    private byte[] _held = [];
    private int _heldLength;
    private bool _windowIsHeld;
    private byte[] _joined = [];
    private int _joinedLength;

    // Position of the current event in the window; all others count from it.
    private int _start;
    private int _searched;
    private int _line;
    private int _nameStart;
    private int _nameLength;
    private int _dataStart;
    private int _dataLength;
    private int _dataLines;

    private bool _tooLong;
    private bool _afterCr;
    private bool _begun;

    /// <summary>The bytes to read now: what was held of an incomplete event, and <paramref name="chunk"/>. Valid until <see cref="Keep"/>.</summary>
    public ReadOnlySpan<byte> Begin(ReadOnlySpan<byte> chunk)
    {
        _start = 0;
        _windowIsHeld = _heldLength > 0;
        if (!_windowIsHeld) return chunk;
        Append(ref _held, ref _heldLength, chunk);
        return _held.AsSpan(0, _heldLength);
    }

    /// <summary>The next event that ends in the window; false when what is left is incomplete.</summary>
    public bool TryRead(ReadOnlySpan<byte> window, out SseEvent found)
    {
        if (_afterCr && TakeLineFeed(window, out found)) return true;
        while (true)
        {
            var rest = window[_start..];
            var skipped = rest[_searched..].IndexOfAny((byte)'\n', (byte)'\r');
            if (skipped < 0)
            {
                _searched = rest.Length;
                found = default;
                return false;
            }

            var end = _searched + skipped;
            var next = end + 1;
            if (rest[end] == '\r')
            {
                if (next == rest.Length) _afterCr = true;
                else if (rest[next] == '\n') next++;
            }

            if (end == _line)
            {
                found = Emit(rest, next);
                return true;
            }

            if (!_tooLong) TakeLine(rest, _line, end);
            _line = _searched = next;
        }
    }

    /// <summary>How many bytes of the window need no more to be decided on: all but the incomplete event, which can still grow.</summary>
    public int Decided(ReadOnlySpan<byte> window)
    {
        if (window.Length - _start > MaxEvent) _tooLong = true;
        return _tooLong ? window.Length : _start;
    }

    /// <summary>Ends the chunk: keeps the incomplete event, or of one that is too long only whether a line has begun.</summary>
    public void Keep(ReadOnlySpan<byte> window)
    {
        if (_tooLong)
        {
            _line = _line == window.Length - _start ? 0 : -1;
            _searched = 0;
            _heldLength = 0;
        }
        else if (_start > 0 || !_windowIsHeld)
        {
            _heldLength = 0;
            Append(ref _held, ref _heldLength, window[_start..]);
        }
    }

    /// <summary>The stream has ended: gives what is held as an event that was cut, and false when nothing is.</summary>
    public bool TryFinish(out ReadOnlySpan<byte> window, out SseEvent found)
    {
        window = Begin(default);
        found = default;
        if (window.IsEmpty) return false;
        if (_line < window.Length) TakeLine(window, _line, window.Length);
        found = Emit(window, window.Length, cut: true);
        return true;
    }

    /// <summary>Gives the buffers back. The scanner can be used again.</summary>
    public void Release()
    {
        Return(ref _held, ref _heldLength);
        Return(ref _joined, ref _joinedLength);
    }

    private bool TakeLineFeed(ReadOnlySpan<byte> window, out SseEvent found)
    {
        found = default;
        var at = _start + _searched;
        if (at == window.Length) return false;
        _afterCr = false;
        if (window[at] != '\n') return false;
        if (_searched == 0 && !_tooLong)
        {
            found = new SseEvent { Start = _start, End = ++_start, Trailing = true };
            return true;
        }

        _line = ++_searched;
        return false;
    }

    private void TakeLine(ReadOnlySpan<byte> rest, int start, int end)
    {
        if (!_begun && rest[start..end].StartsWith("\uFEFF"u8)) start += 3;
        _begun = true;
        var line = rest[start..end];
        if (line.StartsWith("data"u8) && IsField(line, 4, out var value))
        {
            TakeData(rest, start + value, end);
        }
        else if (line.StartsWith("event"u8) && IsField(line, 5, out value))
        {
            _nameStart = start + value;
            _nameLength = end - _nameStart;
        }
    }

    private void TakeData(ReadOnlySpan<byte> rest, int start, int end)
    {
        if (_dataLines++ == 0)
        {
            _dataStart = start;
            _dataLength = end - start;
            return;
        }

        if (_dataLines == 2)
        {
            _joinedLength = 0;
            Append(ref _joined, ref _joinedLength, rest.Slice(_dataStart, _dataLength));
        }

        Append(ref _joined, ref _joinedLength, "\n"u8);
        Append(ref _joined, ref _joinedLength, rest[start..end]);
    }

    private static bool IsField(ReadOnlySpan<byte> line, int name, out int value)
    {
        value = Math.Min(name + 1, line.Length);
        if (line.Length == name) return true;
        if (line[name] != ':') return false;
        if (line.Length > value && line[value] == ' ') value++;
        return true;
    }

    private SseEvent Emit(ReadOnlySpan<byte> rest, int length, bool cut = false)
    {
        var tooLong = _tooLong || length > MaxEvent;
        var found = new SseEvent
        {
            Start = _start,
            End = _start + length,
            Name = tooLong ? default : rest.Slice(_nameStart, _nameLength),
            Data = tooLong ? default : _dataLines > 1 ? _joined.AsSpan(0, _joinedLength) : rest.Slice(_dataStart, _dataLength),
            TooLong = tooLong,
            Cut = cut,
        };
        _start += length;
        _searched = _line = _nameStart = _nameLength = _dataStart = _dataLength = _dataLines = 0;
        _tooLong = false;
        return found;
    }

    private static void Append(ref byte[] buffer, ref int length, ReadOnlySpan<byte> bytes)
    {
        var needed = length + bytes.Length;
        if (needed > buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, 2 * buffer.Length));
            buffer.AsSpan(0, length).CopyTo(larger);
            if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        bytes.CopyTo(buffer.AsSpan(length));
        length = needed;
    }

    private static void Return(ref byte[] buffer, ref int length)
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        length = 0;
    }
}
