using System.Text.Json;

namespace BudgetProxy.Core.Tokens;

/// <summary>
/// Tokens of one function definition by the OpenAI cookbook's formula (How_to_count_tokens_with_tiktoken): names, types and descriptions as text, plus
/// constants. It is the API's own count for a flat schema, and a best guess that leaves nested parts out for any other.
/// </summary>
internal ref struct OpenAiToolFormula
{
    private const int FirstProperty = 3;
    private const int EachProperty = 3;
    private const int Enumeration = -3;
    private const int EnumItem = 3;

    /// <summary>Properties up to which <c>required</c> is checked, which is quadratic; a larger schema with one is not flat.</summary>
    private const int MaxNamed = 256;

    private readonly ReadOnlySpan<byte> _json;
    private readonly TokenCounter _counter;
    private readonly Span<byte> _line;
    private Utf8JsonReader _reader;

    /// <param name="json">One valid JSON object: a tool, or a function on its own.</param>
    /// <param name="line">Room for as many bytes, and two more.</param>
    public OpenAiToolFormula(ReadOnlySpan<byte> json, TokenCounter counter, Span<byte> line)
    {
        _json = json;
        _counter = counter;
        _line = line;
        _reader = new Utf8JsonReader(json);
    }

    public long Tokens { get; private set; }

    /// <summary>True while nothing was met that the formula does not cover.</summary>
    public bool IsFlat { get; private set; } = true;

    /// <param name="perFunction">7, or 10 for gpt-4 and gpt-3.5.</param>
    public void Count(int perFunction)
    {
        _reader.Read();
        ReadDefinition(perFunction);
    }

    private void ReadDefinition(int perFunction)
    {
        Range name = default, description = default;
        var (isWrapper, hasParameters) = (false, false);
        while (NextProperty())
        {
            if (_reader.ValueTextEquals("function"u8))
            {
                isWrapper = Enter();
                if (isWrapper)
                    ReadDefinition(perFunction);
            }
            else if (_reader.ValueTextEquals("type"u8))
                IsFlat &= _json[StringValue()].SequenceEqual("function"u8);
            else if (_reader.ValueTextEquals("name"u8))
                name = StringValue();
            else if (_reader.ValueTextEquals("description"u8))
                description = StringValue();
            else if (_reader.ValueTextEquals("parameters"u8))
            {
                hasParameters = Enter();
                if (hasParameters)
                    ReadParameters();
            }
            else
                Uncovered();
        }

        if (isWrapper)
        {
            IsFlat &= !hasParameters && name.Equals(default) && description.Equals(default);
            return;
        }

        IsFlat &= hasParameters && !name.Equals(default) && !description.Equals(default);
        Tokens += perFunction + CountLine(name, default, description);
    }

    private void ReadParameters()
    {
        Span<Range> names = stackalloc Range[MaxNamed];
        Range required = default;
        var properties = 0;
        while (NextProperty())
        {
            if (_reader.ValueTextEquals("properties"u8))
            {
                if (!Enter())
                    continue;
                for (; NextProperty(); properties++)
                {
                    if (properties < MaxNamed)
                        names[properties] = Inside();
                    ReadProperty();
                }

                Tokens += properties > 0 ? FirstProperty : 0;
            }
            else if (_reader.ValueTextEquals("type"u8))
                IsFlat &= _json[StringValue()].SequenceEqual("object"u8);
            else if (_reader.ValueTextEquals("required"u8))
                required = ArrayValue();
            else
                Uncovered();
        }

        if (!required.Equals(default))
            IsFlat &= properties <= MaxNamed && NamesOnly(required, names[..properties]);
    }

    // The formula counts nothing for `required`, which is right as long as it repeats names of properties, each once.
    private readonly bool NamesOnly(Range required, Span<Range> names)
    {
        var reader = new Utf8JsonReader(_json[required]);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            var at = 0;
            while (at < names.Length && !_json[names[at]].SequenceEqual(reader.ValueSpan))
                at++;
            if (at == names.Length)
                return false;
            names[at] = names[^1];
            names = names[..^1];
        }

        return reader.TokenType == JsonTokenType.EndArray;
    }

    private void ReadProperty()
    {
        var key = Inside();
        Range type = default, description = default;
        Tokens += EachProperty;
        if (!Enter())
            return;
        while (NextProperty())
        {
            if (_reader.ValueTextEquals("type"u8))
                type = ScalarType();
            else if (_reader.ValueTextEquals("description"u8))
                description = StringValue();
            else if (_reader.ValueTextEquals("enum"u8))
                ReadEnum();
            else
                Uncovered();
        }

        IsFlat &= !type.Equals(default) && !description.Equals(default);
        Tokens += CountLine(key, type, description);
    }

    private void ReadEnum()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            IsFlat = false;
            _reader.Skip();
            return;
        }

        Tokens += Enumeration;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            Tokens += EnumItem;
            if (_reader.TokenType == JsonTokenType.String)
                Tokens += _counter.CountJsonString(_json[Inside()]);
            else
            {
                IsFlat = false;
                _reader.Skip();
            }
        }
    }

    private Range ScalarType()
    {
        var range = StringValue();
        var type = _json[range];
        IsFlat &= !type.SequenceEqual("object"u8) && !type.SequenceEqual("array"u8);
        return range;
    }

    // "name:description" or "key:type:description", less a trailing full stop, joined still escaped.
    private readonly int CountLine(Range first, Range second, Range last)
    {
        var length = Append(first, 0);
        _line[length++] = (byte)':';
        if (!second.Equals(default))
        {
            length = Append(second, length);
            _line[length++] = (byte)':';
        }

        length = Append(last, length);
        if (_line[length - 1] == '.')
            length--;
        return _counter.CountJsonString(_line[..length]);
    }

    private readonly int Append(Range part, int at)
    {
        var text = _json[part];
        text.CopyTo(_line[at..]);
        return at + text.Length;
    }

    private readonly Range Inside()
    {
        var start = (int)_reader.TokenStartIndex + 1;
        return start..(start + _reader.ValueSpan.Length);
    }

    private bool NextProperty() => _reader.Read() && _reader.TokenType == JsonTokenType.PropertyName;

    private Range StringValue()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.String)
            return Inside();
        IsFlat = false;
        _reader.Skip();
        return default;
    }

    private Range ArrayValue()
    {
        _reader.Read();
        var start = (int)_reader.TokenStartIndex;
        IsFlat &= _reader.TokenType == JsonTokenType.StartArray;
        _reader.Skip();
        return start..(int)_reader.BytesConsumed;
    }

    private bool Enter()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.StartObject)
            return true;
        IsFlat = false;
        _reader.Skip();
        return false;
    }

    private void Uncovered()
    {
        IsFlat = false;
        _reader.Read();
        _reader.Skip();
    }
}
