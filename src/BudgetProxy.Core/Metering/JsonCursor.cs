using System.Buffers;
using System.Buffers.Text;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// Walks JSON once, forwards, by position: what is not asked for is stepped over without being looked into. An answer is not ours to validate, so
/// only its structure is checked, and nothing throws: where that breaks, <see cref="Broken"/> is set and every loop over the cursor ends.
/// </summary>
/// <param name="json">The text.</param>
/// <param name="at">Where to begin, for a text whose beginning was walked before.</param>
internal ref struct JsonCursor(ReadOnlySpan<byte> json, int at = 0)
{
    /// <summary>Token counts above this are not believed (1.1e12, far above any context window; sums of them stay far inside 64 bits).</summary>
    public const long MaxCount = 1L << 40;

    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"[]{}"u8);
    private static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",:\"[]{} \t\r\n"u8);
    private readonly ReadOnlySpan<byte> _json = json;
    private int _at = at;

    /// <summary>Bytes walked so far.</summary>
    public readonly int Position => _at;

    /// <summary>True once the text was found not to be JSON, or to end too early.</summary>
    public bool Broken { get; private set; }

    /// <summary>True when one whole value was read and nothing but white space follows.</summary>
    public bool IsWhole()
    {
        Peek();
        return !Broken && _at == _json.Length;
    }

    /// <summary>Steps into an object; a value of another kind is skipped and the answer is false.</summary>
    public bool EnterObject() => Enter((byte)'{');

    /// <summary>Steps into an array; a value of another kind is skipped and the answer is false.</summary>
    public bool EnterArray() => Enter((byte)'[');

    /// <summary>Moves to the value of the next member, or past the end of the object (false). Keys are compared as they stand, escapes and all.</summary>
    public bool NextKey(out ReadOnlySpan<byte> key)
    {
        key = default;
        var next = Peek();
        if (next == '}')
        {
            _at++;
            return false;
        }

        if (next == ',')
        {
            _at++;
            next = Peek();
        }

        if (next != '"') return Break();
        key = TakeString();
        if (Peek() != ':') return Break();
        _at++;
        return true;
    }

    /// <summary>Moves to the next item, or past the end of the array (false). The caller must read or skip each item.</summary>
    public bool NextItem()
    {
        var next = Peek();
        if (next == ']')
        {
            _at++;
            return false;
        }

        if (next == ',')
        {
            _at++;
            next = Peek();
        }

        return next is not (0 or (byte)']' or (byte)'}') || Break();
    }

    /// <summary>Takes the inside of a string, still escaped; a value of another kind is skipped and the answer is false.</summary>
    public bool ReadString(out ReadOnlySpan<byte> inside)
    {
        if (Peek() == '"')
        {
            inside = TakeString();
            return !Broken;
        }

        inside = default;
        Skip();
        return false;
    }

    /// <summary>Takes a count that may be absent: 0 for anything but an integer from 0 to <see cref="MaxCount"/>.</summary>
    public long ReadCountOrZero()
    {
        long? count = null;
        return ReadCount(ref count) ? count ?? 0 : 0;
    }

    /// <summary>
    /// Takes a count of tokens. A null leaves <paramref name="count"/> as it is; false, and no change, for anything but an integer
    /// from 0 to <see cref="MaxCount"/>.
    /// </summary>
    public bool ReadCount(ref long? count)
    {
        if (ReadNull()) return true;
        var next = Peek();
        if (next is < (byte)'0' or > (byte)'9')
        {
            Skip();
            return false;
        }

        var text = TakeScalar();
        if (!Utf8Parser.TryParse(text, out long value, out var used) || used != text.Length || value > MaxCount) return false;
        count = value;
        return true;
    }

    /// <summary>Steps over a null; does nothing and answers false before any other value.</summary>
    public bool ReadNull()
    {
        if (Peek() != 'n') return false;
        TakeScalar();
        return true;
    }

    /// <summary>Steps over one value; true when it was not null.</summary>
    public bool SkipPresent()
    {
        if (ReadNull()) return false;
        Skip();
        return true;
    }

    /// <summary>Steps over one value of any kind and depth.</summary>
    public void Skip()
    {
        switch (Peek())
        {
            case (byte)'"':
                TakeString();
                break;
            case (byte)'{' or (byte)'[':
                SkipContainer();
                break;
            default:
                TakeScalar();
                break;
        }
    }

    private bool Enter(byte open)
    {
        if (Peek() == open)
        {
            _at++;
            return true;
        }

        Skip();
        return false;
    }

    private void SkipContainer()
    {
        var depth = 0;
        do
        {
            var skipped = _json[_at..].IndexOfAny(Structure);
            if (skipped < 0)
            {
                Break();
                return;
            }

            _at += skipped;
            switch (_json[_at])
            {
                case (byte)'"':
                    TakeString();
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    _at++;
                    break;
                default:
                    depth--;
                    _at++;
                    break;
            }
        }
        while (depth > 0 && !Broken);
    }

    private ReadOnlySpan<byte> TakeString()
    {
        var start = ++_at;
        while (_at < _json.Length)
        {
            var found = _json[_at..].IndexOfAny((byte)'"', (byte)'\\');
            if (found < 0) break;
            _at += found;
            if (_json[_at] == '"') return _json[start.._at++];
            _at += 2;
        }

        Break();
        return default;
    }

    private ReadOnlySpan<byte> TakeScalar()
    {
        var rest = _json[_at..];
        var length = rest.IndexOfAny(ScalarEnd);
        if (length < 0) length = rest.Length;
        if (length == 0) Break();
        else _at += length;
        return rest[..length];
    }

    /// <summary>The next byte that is not white space; 0 at the end.</summary>
    private byte Peek()
    {
        for (; _at < _json.Length; _at++)
        {
            var next = _json[_at];
            if (next is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) return next;
        }

        return 0;
    }

    private bool Break()
    {
        Broken = true;
        _at = _json.Length;
        return false;
    }
}
