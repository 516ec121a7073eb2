using System.Buffers;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>Adds up one request's input: text as the tokenizer counts it, scaled for a stand-in, and tokens that rules give.</summary>
internal ref struct InputTally(ReadOnlySpan<byte> body, ModelProfile profile) : IDisposable
{
    private readonly ReadOnlySpan<byte> _body = body;
    private byte[] _buffer = [];
    private long _counted;
    private long _tokens;

    public ModelProfile Profile { get; } = profile;

    public TokenCounter Counter { get; } = TokenCounter.For(profile.Encoding);

    /// <summary>What the input can't exceed, so far.</summary>
    public long Bound { get; private set; }

    public CountMethod Method { get; private set; } = IsOwn(profile) && !profile.Reasoning ? CountMethod.Exact : CountMethod.Calibrated;

    /// <summary>Best guess so far: the counts at the measured ratio, and the rules' tokens.</summary>
    public readonly long Tokens => Scale(_counted, Profile.ExpectedPercent) + _tokens;

    /// <summary>Adds tokens that a rule gives, in the provider's own tokens.</summary>
    public void AddTokens(long expected, long bound)
    {
        _tokens += expected;
        Bound += bound;
    }

    /// <summary>Adds a span of text, or of JSON by its minified text.</summary>
    public void AddText(ContentSpan span, bool boundOnly = false)
    {
        var (count, bound) = Count(span);
        _counted += boundOnly ? 0 : count;
        Bound += bound;
    }

    /// <summary>Tokens of a span as the tokenizer counts it, and what the model itself can't exceed on it.</summary>
    public (long Count, long Bound) Count(ContentSpan span)
    {
        var text = Measure(span);
        if (IsOwn(Profile))
            return (text.Tokens, text.Tokens);

        var scaled = Scale((long)text.Tokens, Math.Max(Profile.SafetyPercent, 100), text.Allowance);
        // Byte-level BPE gives no more tokens than there are bytes; normalisation may first lengthen text outside ASCII.
        return (text.Tokens, text.Allowance == 0 ? Math.Min(scaled, span.Length) : scaled);
    }

    public readonly ReadOnlySpan<byte> Written(ContentSpan span) => _body.Slice(span.Start, span.Length);

    /// <summary>A reused buffer of at least <paramref name="length"/> bytes; its content lasts until the next call.</summary>
    public Span<byte> Buffer(int length)
    {
        if (_buffer.Length < length)
        {
            Dispose();
            _buffer = ArrayPool<byte>.Shared.Rent(length);
        }

        return _buffer;
    }

    /// <summary>Something was counted by a rule that is not the provider's own.</summary>
    public void Weaken(CountMethod method)
    {
        if (method > Method)
            Method = method;
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    // The model's own tokenizer, with nothing learned against it.
    private static bool IsOwn(ModelProfile profile) => profile is { ExactEncoding: true, SafetyPercent: <= 100, ExpectedPercent: 100 };

    private static bool IsRaw(ContentKind kind) =>
        kind is ContentKind.ToolSchema or ContentKind.ToolInput or ContentKind.ResponseSchema or ContentKind.OpaqueJson;

    private static long Scale(long count, int percent, long hundredths = 0) => (count * percent + hundredths + 99) / 100;

    private TextCount Measure(ContentSpan span)
    {
        var written = Written(span);
        var tokens = IsRaw(span.Kind) ? CountMinified(written) : Counter.CountJsonString(written);
        return new TextCount(tokens, IsOwn(Profile) ? 0 : ScriptAllowance.Hundredths(written));
    }

    private int CountMinified(ReadOnlySpan<byte> json)
    {
        var buffer = Buffer(json.Length);
        return Counter.Count(buffer[..JsonMinifier.Minify(json, buffer)]);
    }
}
