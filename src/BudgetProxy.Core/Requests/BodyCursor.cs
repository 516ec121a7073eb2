using System.Buffers;
using System.Text;
using System.Text.Json;

namespace BudgetProxy.Core.Requests;

/// <summary>
/// Walks a body once, forwards, and always stands on a value. The first failure sticks: every later move answers false and every read
/// answers nothing, so readers check for it once, at the end. Malformed JSON throws <see cref="JsonException"/>, as the BCL's reader does.
/// </summary>
internal ref struct BodyCursor
{
    /// <summary>Bytes of a field name at most, in what is read field by field.</summary>
    public const int MaxKeyBytes = 256;

    /// <summary>Containers within containers, the providers' and the BCL's own limit.</summary>
    public const int MaxDepth = 64;

    private readonly ReadOnlySpan<byte> _body;
    private readonly Span<PathStep> _steps;
    private Utf8JsonReader _reader;
    private KeyScopes _keys;
    private ReadOnlySpan<byte> _key;
    private byte[] _unescaped = [];
    private int _opaqueDepth = MaxDepth;

    /// <param name="body">The whole body.</param>
    /// <param name="steps">Room for <see cref="MaxDepth"/> + 1 steps.</param>
    public BodyCursor(ReadOnlySpan<byte> body, Span<PathStep> steps)
    {
        _body = body;
        _steps = steps;
        _reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        _keys = new KeyScopes(128);
    }

    public RequestError? Error { get; private set; }

    public readonly bool Failed => Error is not null;

    public readonly bool IsNull => _reader.TokenType == JsonTokenType.Null;

    public readonly bool IsString => _reader.TokenType == JsonTokenType.String;

    public readonly bool IsArray => _reader.TokenType == JsonTokenType.StartArray;

    public readonly bool IsObject => _reader.TokenType == JsonTokenType.StartObject;

    public readonly bool IsNumber => _reader.TokenType == JsonTokenType.Number;

    /// <summary>Byte offset at which the present value starts (its quote or brace).</summary>
    public readonly int Position => (int)_reader.TokenStartIndex;

    /// <summary>Byte offset just after the present token.</summary>
    public readonly int End => (int)_reader.BytesConsumed;

    /// <summary>The bytes of a span taken earlier.</summary>
    public readonly ReadOnlySpan<byte> Written(ContentSpan span) => _body.Slice(span.Start, span.Length);

    /// <summary>The key of the present value, escapes resolved; good until the next move.</summary>
    public readonly ReadOnlySpan<byte> Key => _key;

    /// <summary>The inside of the present string, or the present number, as it is written: still escaped.</summary>
    public readonly ReadOnlySpan<byte> Raw => _reader.ValueSpan;

    public void Dispose()
    {
        _keys.Dispose();
        if (_unescaped.Length > 0)
            ArrayPool<byte>.Shared.Return(_unescaped);
        _unescaped = [];
    }

    /// <summary>Steps into the body, which must be one object.</summary>
    public bool Begin()
    {
        if (Read() && IsObject)
            return true;
        Fail("The body must be a JSON object.");
        return false;
    }

    /// <summary>Makes sure that nothing follows the body's object.</summary>
    public void Finish() => Read();

    /// <summary>Moves to the next value of the object the cursor is in; false at its end. A name that no format has is refused: only values are counted.</summary>
    public bool NextProperty()
    {
        if (!Read() || _reader.TokenType != JsonTokenType.PropertyName || !Read())
            return false;
        if (_key.Length > MaxKeyBytes)
            Fail($"A field name is longer than {MaxKeyBytes} bytes.");
        return !Failed;
    }

    /// <summary>Moves to the next value of the array the cursor is in; false at its end.</summary>
    public bool NextElement()
    {
        if (!Read() || _reader.TokenType == JsonTokenType.EndArray)
            return false;
        ref var step = ref _steps[_reader.CurrentDepth];
        step = step with { Index = step.Index + 1 };
        return true;
    }

    public readonly bool KeyIs(ReadOnlySpan<byte> name) => _key.SequenceEqual(name);

    public readonly bool ValueIs(ReadOnlySpan<byte> text) => IsString && _reader.ValueTextEquals(text);

    /// <summary>Passes over the present value, whatever it is; duplicate keys in it are still found.</summary>
    public void Skip()
    {
        var depth = _reader.CurrentDepth;
        if (!IsObject && !IsArray)
            return;
        _opaqueDepth = depth;
        while (Read() && _reader.CurrentDepth > depth)
        {
        }

        if (!Failed)
            _opaqueDepth = MaxDepth;
    }

    /// <summary>Passes over the present value as <see cref="Skip"/> does and counts its keys and the items of every <c>enum</c> in it.</summary>
    public (int Keys, int EnumItems) SkipTool()
    {
        var depth = _reader.CurrentDepth;
        var (keys, items, enumDepth) = (0, 0, -1);
        if (!IsObject && !IsArray)
            return (0, 0);
        _opaqueDepth = depth;
        while (Read() && _reader.CurrentDepth > depth)
        {
            if (_reader.TokenType == JsonTokenType.PropertyName)
            {
                keys++;
                if (enumDepth < 0 && KeyIs("enum"u8))
                    enumDepth = _reader.CurrentDepth;
            }
            else if (enumDepth >= 0 && _reader.CurrentDepth == enumDepth && !IsArray)
            {
                enumDepth = -1;
            }
            else if (enumDepth >= 0 && _reader.CurrentDepth > enumDepth && _reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                items++;
            }
        }

        if (!Failed)
            _opaqueDepth = MaxDepth;
        return (keys, items);
    }

    /// <summary>The present string to be counted as <paramref name="kind"/>.</summary>
    public readonly ContentSpan StringSpan(ContentKind kind) => new(Position + 1, _reader.ValueSpan.Length, kind);

    /// <summary>The present number or null as it stands in the body.</summary>
    public readonly ContentSpan TokenSpan => new(Position, End - Position, ContentKind.Text);

    /// <summary>Passes over the present value, which is to be counted by its JSON.</summary>
    public ContentSpan RawSpan(ContentKind kind)
    {
        var start = Position;
        Skip();
        return new ContentSpan(start, Failed ? 0 : End - start, kind);
    }

    /// <summary>True on an object; null counts as absent, anything else fails.</summary>
    public bool ExpectObject() => Expect(JsonTokenType.StartObject, "an object");

    /// <summary>True on an array; null counts as absent, anything else fails.</summary>
    public bool ExpectArray() => Expect(JsonTokenType.StartArray, "an array");

    /// <summary>True on a string; null counts as absent, anything else fails.</summary>
    public bool ExpectString() => Expect(JsonTokenType.String, "a string");

    /// <summary>The present boolean; null counts as absent.</summary>
    public bool? Flag()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.Null:
                return null;
            default:
                Fail("Must be true or false.");
                return null;
        }
    }

    /// <summary>The present string as text; null counts as absent, and so does the empty one.</summary>
    /// <param name="maxBytes">A longer one fails.</param>
    public string? Text(int maxBytes)
    {
        if (!ExpectString() || Raw.IsEmpty)
            return null;
        if (Raw.Length <= maxBytes)
            return _reader.GetString();
        Fail($"Must be at most {maxBytes} bytes long.");
        return null;
    }

    /// <summary>The present whole number, cut to <see cref="long.MaxValue"/>; null counts as absent. 1e9 is whole, 4.5 and "100" fail.</summary>
    public long? WholeNumber(long least)
    {
        if (IsNull || Failed)
            return null;
        if (IsNumber && JsonNumber.TryWhole(Raw, out var value) && value >= least)
            return value;
        Fail($"Must be a whole number of at least {least}.");
        return null;
    }

    /// <summary>Refuses the body for the present value.</summary>
    public void Fail(string message) => Error ??= new RequestError(message, Path());

    /// <summary>Refuses the body for a field of the present object, or the body's own where the object has ended.</summary>
    public void FailAt(string field, string message)
    {
        var path = Path();
        Error ??= new RequestError(message, path is null ? field : $"{path}.{field}");
    }

    private bool Expect(JsonTokenType type, string what)
    {
        if (_reader.TokenType == type && !Failed)
            return true;
        if (!IsNull)
            Fail($"Must be {what}.");
        return false;
    }

    private bool Read()
    {
        if (Failed || !_reader.Read())
            return false;
        var inside = _reader.CurrentDepth + 1;
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                _steps[inside] = new PathStep(0, 0, PathStep.InObject, _keys.Count);
                return true;
            case JsonTokenType.StartArray:
                _steps[inside] = new PathStep(0, 0, -1, 0);
                return true;
            case JsonTokenType.EndObject:
                _keys.Leave(_steps[inside].FirstKey);
                return true;
            case JsonTokenType.PropertyName:
                return TakeKey();
            default:
                return true;
        }
    }

    private bool TakeKey()
    {
        _key = _reader.ValueIsEscaped ? Unescape() : _reader.ValueSpan;
        ref var step = ref _steps[_reader.CurrentDepth];
        step = step with { KeyStart = Position + 1, KeyLength = _reader.ValueSpan.Length };
        if (!_keys.TryAdd(_body, _key, step.KeyStart, step.KeyLength, step.FirstKey))
            Fail("Duplicate key: the same key stands twice in one object.");
        else if (_keys.Count > KeyScopes.MaxOpenKeys)
            Fail($"Too many keys: more than {KeyScopes.MaxOpenKeys} in the open objects.");
        return !Failed;
    }

    private ReadOnlySpan<byte> Unescape()
    {
        if (_unescaped.Length < _reader.ValueSpan.Length)
        {
            if (_unescaped.Length > 0)
                ArrayPool<byte>.Shared.Return(_unescaped);
            _unescaped = ArrayPool<byte>.Shared.Rent(_reader.ValueSpan.Length);
        }

        return _unescaped.AsSpan(0, _reader.CopyString(_unescaped));
    }

    // Keys inside an opaque value are the caller's content, so the path stops above them.
    private readonly string? Path()
    {
        var path = new StringBuilder();
        for (var depth = 1; depth <= Math.Min(_reader.CurrentDepth, _opaqueDepth); depth++)
        {
            var step = _steps[depth];
            if (step.Index != PathStep.InObject)
                path.Append('[').Append(Math.Max(step.Index, 0)).Append(']');
            else
                path.Append(depth == 1 ? "" : ".").Append(Encoding.UTF8.GetString(_body.Slice(step.KeyStart, Math.Min(step.KeyLength, 64))));
        }

        return path.Length == 0 ? null : path.ToString();
    }
}
