using System.Text.Json;

namespace BudgetProxy.Rates.Import;

/// <summary>
/// Reads the members of one JSON object from a stream, one at a time, with the line on which each begins. Holds no more than one member, so that memory
/// does not grow with the file.
/// </summary>
internal sealed class JsonMembers(Stream stream)
{
    /// <summary>Bytes of one member at most.</summary>
    public const int MostBytes = 1 << 20;

    private const byte NewLine = (byte)'\n';

    private byte[] _buffer = new byte[64 * 1024];
    private JsonReaderState _state;
    private int _start;
    private int _end;
    private bool _atEnd;
    private bool _begun;
    private bool _done;
    private int _lines = 1;

    public string Name { get; private set; } = "";

    /// <summary>The member's value as it stands; valid until the next is read.</summary>
    public ReadOnlyMemory<byte> Value { get; private set; }

    /// <summary>The line on which the member's name stands, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>Reads the next member; false = the object has ended.</summary>
    /// <exception cref="ImportRefusedException">It is no JSON object, or a member is too large.</exception>
    public async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (TryNext())
                {
                    if (_done)
                        await FinishAsync(cancellationToken);
                    return !_done;
                }
            }
            catch (JsonException broken)
            {
                throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"Line {broken.LineNumber + 1}: the file is not well-formed JSON: {broken.Message}");
            }
            catch (InvalidOperationException)
            {
                throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"Line {_lines}: a name is not Unicode text.");
            }

            await FillAsync(cancellationToken);
        }
    }

    /// <returns>False = more of the stream is needed.</returns>
    private bool TryNext()
    {
        var text = _buffer.AsSpan(_start.._end);
        var json = new Utf8JsonReader(text, _atEnd, _state);
        if (!_begun)
        {
            if (!json.Read())
                return false;
            if (json.TokenType != JsonTokenType.StartObject)
                throw new ImportRefusedException(StatusCodes.Status400BadRequest, "The file must be one JSON object with a member for each model.");
            _begun = true;
            Take(json);
            return TryNext();
        }

        if (!json.Read())
            return false;
        if (json.TokenType == JsonTokenType.EndObject)
        {
            _done = true;
            Take(json);
            return true;
        }

        var named = (int)json.TokenStartIndex;
        var name = json.GetString()!;
        if (!json.Read() || json.TokenType is JsonTokenType.None)
            return false;
        var begins = (int)json.TokenStartIndex;
        if (!json.TrySkip())
            return false;
        Name = name;
        Line = _lines + text[..named].Count(NewLine);
        Value = _buffer.AsMemory(_start + begins, (int)json.BytesConsumed - begins);
        Take(json);
        return true;
    }

    /// <summary>Reads to the end of the stream, where nothing may stand any more.</summary>
    private async Task FinishAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_buffer.AsSpan(_start.._end).ContainsAnyExcept(" \t\r\n"u8))
                throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"Line {_lines}: something follows the end of the JSON object.");
            if (_atEnd)
                return;
            _lines += _buffer.AsSpan(_start.._end).Count(NewLine);
            _start = _end;
            await FillAsync(cancellationToken);
        }
    }

    private void Take(Utf8JsonReader json)
    {
        var consumed = (int)json.BytesConsumed;
        _lines += _buffer.AsSpan(_start, consumed).Count(NewLine);
        _start += consumed;
        _state = json.CurrentState;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        if (_atEnd)
            throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"Line {_lines}: the file ends within an entry.");
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_end >= MostBytes)
                throw new ImportRefusedException(StatusCodes.Status400BadRequest, $"Line {_lines}: the entry of one model is longer than {MostBytes} bytes.");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        var first = _end == 0 && !_begun;
        _end += read;
        _atEnd = read == 0;
        if (first && _buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8))
            _start = 3;
    }
}
