using System.Buffers;
using System.Text;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// Reads the form of OpenAI's file upload (multipart/form-data, RFC 7578) as it passes, and hands the file's bytes on. It takes only forms that every reader reads
/// alike: no preamble, no nested or repeated part, no other header than a part needs; all else is a <see cref="Problem"/>.
/// </summary>
public sealed class MultipartScanner
{
    /// <summary>Bytes of a part's headers at most.</summary>
    private const int MaxHeaderBytes = 2048;

    /// <summary>Bytes of a field that is not the file at most.</summary>
    private const int MaxFieldBytes = 256;

    private static readonly SearchValues<char> BoundaryChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'()+_,-./:=?");

    /// <summary>Those of them that a parameter's value may hold without quotes: RFC 2045, section 5.1, token.</summary>
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'+_-.");

    private readonly FileSink _sink;

    /// <summary>CRLF and the boundary: what ends a part's content.</summary>
    private readonly byte[] _mark;

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private readonly List<byte> _kept = [];
    private Place _place = Place.Mark;
    private int _matched = 2;
    private string _part = "";

    /// <param name="boundary">As <see cref="BoundaryOf"/> gives it.</param>
    public MultipartScanner(string boundary, FileSink sink)
    {
        _sink = sink;
        _mark = Encoding.ASCII.GetBytes("\r\n--" + boundary);
    }

    /// <summary>Takes bytes of the file, in order.</summary>
    public delegate void FileSink(ReadOnlySpan<byte> bytes);

    private enum Place
    {
        /// <summary>Within the first boundary, which must be the first thing.</summary>
        Mark,

        /// <summary>After a boundary: CRLF for another part, or two hyphens for the end.</summary>
        AfterMark,
        Headers,
        Content,
        End,
    }

    /// <summary>What can't be read with certainty; null = nothing so far.</summary>
    public string? Problem { get; private set; }

    /// <summary>The fields but the file, by name.</summary>
    public IReadOnlyDictionary<string, string> Fields => _fields;

    public bool HasFile { get; private set; }

    /// <summary>The boundary of a content type; null = it is no form, or names its boundary in a way that two readers could take differently.</summary>
    public static string? BoundaryOf(string? contentType)
    {
        if (contentType is null)
            return null;
        var parts = contentType.Split(';', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || !parts[0].Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || !parts[1].StartsWith("boundary=", StringComparison.OrdinalIgnoreCase))
            return null;
        var boundary = parts[1]["boundary=".Length..];
        var isQuoted = boundary.Length > 2 && boundary[0] == '"' && boundary[^1] == '"';
        if (isQuoted)
            boundary = boundary[1..^1];
        return boundary.Length is > 0 and <= 70 && !boundary.AsSpan().ContainsAnyExcept(isQuoted ? BoundaryChars : TokenChars) ? boundary : null;
    }

    /// <summary>Takes the next bytes.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && Problem is null)
        {
            bytes = _place switch
            {
                Place.Content => Content(bytes),
                Place.Headers => Headers(bytes),
                _ => Step(bytes),
            };
        }
    }

    /// <summary>The body has ended.</summary>
    public void Finish()
    {
        if (_place != Place.End || _kept.Count > 2)
            Fail("The form is not whole.");
        else if (!HasFile)
            Fail("The form has no file.");
    }

    private ReadOnlySpan<byte> Step(ReadOnlySpan<byte> bytes)
    {
        var next = bytes[0];
        switch (_place)
        {
            case Place.Mark when next == _mark[_matched]:
                if (++_matched == _mark.Length)
                    _place = Place.AfterMark;
                break;
            case Place.AfterMark:
                _kept.Add(next);
                if (_kept.Count == 2)
                    Turn();
                break;
            // One line feed after the end is what some clients send.
            case Place.End when _kept.Count < 2 && next == "\r\n"u8[_kept.Count]:
                _kept.Add(next);
                break;
            default:
                Fail("The form does not begin with its boundary, or something follows its end.");
                break;
        }

        return bytes[1..];
    }

    private void Turn()
    {
        if (_kept is [(byte)'\r', (byte)'\n'])
            _place = Place.Headers;
        else if (_kept is [(byte)'-', (byte)'-'])
            _place = Place.End;
        else
            Fail("A boundary of the form is followed by something else than the end of its line.");
        _kept.Clear();
    }

    private ReadOnlySpan<byte> Headers(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length; at++)
        {
            _kept.Add(bytes[at]);
            if (_kept.Count > MaxHeaderBytes)
            {
                Fail("The headers of a part are too long.");
                return [];
            }

            if (_kept is [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
            {
                Open(Encoding.UTF8.GetString([.. _kept]));
                _kept.Clear();
                return bytes[(at + 1)..];
            }
        }

        return [];
    }

    private void Open(string headers)
    {
        _part = "";
        foreach (var line in headers.Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? "" : line[..colon];
            // A lone CR, LF or NUL ends a line for some readers, a tab folds one.
            if (line.AsSpan().ContainsAnyInRange('\0', '\x1f') || line.Contains('\x7f', StringComparison.Ordinal))
                Fail("A part of the form has a control character in its headers.");
            else if (name.Equals("Content-Disposition", StringComparison.OrdinalIgnoreCase) && _part.Length == 0)
                _part = PartOf(line[(colon + 1)..].Trim());
            else if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                CheckType(line[(colon + 1)..].Trim());
            else if (!name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
                Fail("A part of the form has a header that it does not need, or one without a name.");
        }

        if (_part.Length == 0)
            Fail("A part of the form has no name.");
        else if (_fields.ContainsKey(_part) || (_part == "file" && HasFile))
            Fail("The same part stands twice in the form.");
        HasFile |= _part == "file";
        _place = Place.Content;
        _matched = 0;
    }

    private void CheckType(string type)
    {
        if (type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
            Fail("A part of the form is a form itself.");
    }

    // form-data; name="…"[; filename="…"]: of several names, or one that is escaped, two readers may see different ones.
    private static string PartOf(string disposition)
    {
        const string Start = "form-data; name=";
        if (!disposition.StartsWith(Start, StringComparison.OrdinalIgnoreCase))
            return "";
        var rest = disposition[Start.Length..];
        var end = rest.IndexOf(';', StringComparison.Ordinal);
        var name = (end < 0 ? rest : rest[..end]).Trim().Trim('"');
        var others = end < 0 ? "" : rest[end..];
        return name.AsSpan().ContainsAny("\"\\*;") || NamesAgain(others) ? "" : name;
    }

    // In quotes too: not every reader knows where they end.
    private static bool NamesAgain(string parameters)
    {
        foreach (var parameter in parameters.Split(';', StringSplitOptions.TrimEntries))
        {
            if (parameter.StartsWith("name", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private ReadOnlySpan<byte> Content(ReadOnlySpan<byte> bytes)
    {
        if (_matched > 0)
            return Resume(bytes);
        var at = bytes.IndexOf(_mark[0]);
        if (at < 0)
        {
            Give(bytes);
            return [];
        }

        Give(bytes[..at]);
        _matched = 1;
        return bytes[(at + 1)..];
    }

    // Within what may be the boundary: as its first byte stands nowhere else in it, what does not match begins no other.
    private ReadOnlySpan<byte> Resume(ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] == _mark[_matched])
        {
            if (++_matched == _mark.Length)
                Close();
            return bytes[1..];
        }

        Give(_mark.AsSpan(0, _matched));
        _matched = 0;
        return bytes;
    }

    private void Give(ReadOnlySpan<byte> bytes)
    {
        if (_part == "file")
        {
            _sink(bytes);
            return;
        }

        _kept.AddRange(bytes);
        if (_kept.Count > MaxFieldBytes)
            Fail($"The field {(_part.Length <= 64 ? _part : "with the long name")} is longer than {MaxFieldBytes} bytes.");
    }

    private void Close()
    {
        if (_part != "file")
            _fields[_part] = Encoding.UTF8.GetString([.. _kept]);
        _kept.Clear();
        _matched = 0;
        _place = Place.AfterMark;
    }

    private void Fail(string problem) => Problem ??= problem;
}
