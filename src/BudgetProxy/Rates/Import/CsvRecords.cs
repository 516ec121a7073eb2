using System.Text;

namespace BudgetProxy.Rates.Import;

/// <summary>
/// Reads CSV (RFC 4180, LF or CRLF) from a text, one record at a time with the line on which it begins. Empty lines are passed over; spaces around a
/// field that is not quoted are cut off.
/// </summary>
internal sealed class CsvRecords(TextReader text)
{
    /// <summary>Characters of one record at most.</summary>
    public const int MostChars = 64 * 1024;

    private readonly char[] _buffer = new char[4096];
    private readonly StringBuilder _field = new();
    private readonly List<string> _fields = [];
    private int _at;
    private int _end;
    private int _line = 1;
    private int _length;
    private bool _quoted;

    /// <summary>A text that is refused where it is no UTF-8; the caller disposes it.</summary>
    public static StreamReader TextOf(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true));

    /// <summary>The record's fields.</summary>
    public string[] Fields { get; private set; } = [];

    /// <summary>The line on which the record begins, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>True where a quote stands where none may.</summary>
    public bool Malformed { get; private set; }

    /// <summary>Reads the next record; false = the file has ended.</summary>
    /// <exception cref="ImportRefusedException">It is no UTF-8, a record is too long, or a quote is not closed.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        Begin();
        var inside = false;
        while (await NextAsync(cancellationToken) is { } c)
        {
            if (++_length > MostChars)
                throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"Line {Line}: the record is longer than {MostChars} characters.");
            if (inside)
                inside = await InQuotesAsync(c, cancellationToken);
            else if (c == '"')
                inside = Open();
            else if (c == ',')
                EndField();
            else if (c != '\n')
                Append(c);
            else if (EndRecord())
                return true;
        }

        if (inside)
            throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"Line {Line}: a quote is opened and never closed.");
        return EndRecord();
    }

    private void Begin()
    {
        _fields.Clear();
        _field.Clear();
        _quoted = false;
        Malformed = false;
        _length = 0;
        Line = _line;
    }

    /// <returns>True while still within quotes.</returns>
    private async Task<bool> InQuotesAsync(char c, CancellationToken cancellationToken)
    {
        if (c != '"')
        {
            _field.Append(c);
            return true;
        }

        if (await PeekAsync(cancellationToken) != '"')
            return false;
        _at++;
        _field.Append('"');
        return true;
    }

    /// <returns>True: within quotes from here.</returns>
    private bool Open()
    {
        Malformed |= _quoted || _field.ToString().AsSpan().ContainsAnyExcept(' ', '\t');
        _field.Clear();
        _quoted = true;
        return true;
    }

    private void Append(char c)
    {
        // After a closing quote only blanks and the end of the line may stand.
        if (!_quoted)
            _field.Append(c);
        else if (c is not (' ' or '\t' or '\r'))
            Malformed = true;
    }

    private void EndField()
    {
        _fields.Add(_quoted ? _field.ToString() : _field.ToString().Trim());
        _field.Clear();
        _quoted = false;
    }

    /// <returns>False = the line was empty.</returns>
    private bool EndRecord()
    {
        EndField();
        if (_fields is [""])
        {
            Begin();
            return false;
        }

        Fields = [.. _fields];
        return true;
    }

    private async ValueTask<char?> NextAsync(CancellationToken cancellationToken)
    {
        if (await PeekAsync(cancellationToken) is not { } c)
            return null;
        _at++;
        if (c == '\n')
            _line++;
        return c;
    }

    private async ValueTask<char?> PeekAsync(CancellationToken cancellationToken)
    {
        if (_at == _end)
        {
            _at = 0;
            try
            {
                _end = await text.ReadAsync(_buffer, cancellationToken);
            }
            catch (DecoderFallbackException)
            {
                throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"After line {_line}: the file is not valid UTF-8.");
            }
        }

        return _at < _end ? _buffer[_at] : null;
    }
}
