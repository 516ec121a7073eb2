namespace BudgetProxy.Core.Requests;

/// <summary>
/// Cuts the objects out of a body <c>{"requests":[{…},{…}]}</c>. Around them it takes nothing but that: another field, a key written with escapes, or
/// anything after the end is a <see cref="ItemSplitter.Problem"/>. Inside an object only strings and braces are looked at: whether it is JSON is for its reader to say.
/// </summary>
public sealed class JsonArraySplitter(int maxItemBytes, ItemSink sink) : ItemSplitter(maxItemBytes, sink)
{
    private const string Shape = "The body must be {\"requests\":[...]} with one object for each request, and no other field.";

    private static ReadOnlySpan<byte> Opening => "{\"requests\":["u8;

    private Place _place;
    private int _matched;
    private int _depth;
    private bool _inString;
    private bool _escaped;

    private enum Place
    {
        Opening,
        FirstItem,
        Item,
        Inside,
        Comma,
        Closing,
        After,
    }

    public override void Feed(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length && Problem is null)
        {
            if (_place == Place.Inside)
                at += Scan(bytes[at..]);
            else
                at += Between(bytes[at]);
        }
    }

    public override void Finish()
    {
        if (_place != Place.After)
            Problem ??= Shape;
    }

    // Bytes taken: an item's first brace is left for the scan.
    private int Between(byte next)
    {
        // White space may not stand inside the key.
        if (next is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' && _matched is not (> 1 and < 11))
            return 1;
        switch (_place)
        {
            case Place.Opening when next == Opening[_matched]:
                if (++_matched == Opening.Length)
                    _place = Place.FirstItem;
                return 1;
            case Place.FirstItem or Place.Item when next == '{':
                _place = Place.Inside;
                return 0;
            case Place.FirstItem or Place.Comma when next == ']':
                _place = Place.Closing;
                return 1;
            case Place.Comma when next == ',':
                _place = Place.Item;
                return 1;
            case Place.Closing when next == '}':
                _place = Place.After;
                return 1;
            default:
                Problem = Shape;
                return 1;
        }
    }

    private int Scan(ReadOnlySpan<byte> bytes)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            if (_escaped)
            {
                _escaped = false;
                at++;
                continue;
            }

            var found = _inString ? bytes[at..].IndexOfAny((byte)'"', (byte)'\\') : bytes[at..].IndexOfAny((byte)'"', (byte)'{', (byte)'}');
            if (found < 0)
                break;
            at += found + 1;
            if (Step(bytes[at - 1]))
            {
                _place = Place.Comma;
                End(bytes[..at]);
                return at;
            }
        }

        Keep(bytes);
        return bytes.Length;
    }

    // True = the object is whole.
    private bool Step(byte mark)
    {
        switch (mark)
        {
            case (byte)'\\':
                _escaped = true;
                return false;
            case (byte)'"':
                _inString = !_inString;
                return false;
            case (byte)'{':
                _depth++;
                return false;
            default:
                return --_depth == 0;
        }
    }
}
