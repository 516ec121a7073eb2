using System.Buffers;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Core.Tokens;

/// <summary>Adds up one request's input: text as the tokenizer counts it, scaled for a stand-in, and tokens that rules give.</summary>
/// <param name="known">Counts of the tenant's texts; null = every text is counted.</param>
/// <param name="hashed">Takes the hashes of the texts that were looked up.</param>
internal ref struct InputTally(ReadOnlySpan<byte> body, ModelProfile profile, TenantShare<TextCount>? known, List<HashedText> hashed) : IDisposable
{
    /// <summary>Bytes from which a text is looked up: a shorter one is counted in less time than its hash takes to be worth it.</summary>
    private const int LongText = 2048;

    private readonly ReadOnlySpan<byte> _body = body;
    private byte[] _buffer = [];
    private ScriptMix _scripts;
    private long _counted;
    private long _textBound;
    private long _tokens;
    private bool _blurred;
    private long _enough = long.MaxValue;

    public ModelProfile Profile { get; } = profile;

    public TokenCounter Counter { get; } = TokenCounter.For(profile.Encoding);

    /// <summary>What the input can't exceed, so far.</summary>
    public long Bound { get; private set; }

    public CountMethod Method { get; private set; } = profile.HasOwnTokenizer && !profile.Reasoning ? CountMethod.Exact : CountMethod.Calibrated;

    /// <summary>Best guess so far: the counts at the measured ratio, and the rules' tokens.</summary>
    public readonly long Tokens => Scale(_counted, Profile.ExpectedPercent) + _tokens;

    /// <summary>What the estimate is made of, so far. The model's own tokenizer has no ratio to learn: its texts are rules too.</summary>
    public readonly InputMix Mix => Profile.HasOwnTokenizer
        ? new InputMix(default, 0, Tokens, Bound, 0, !_blurred)
        : new InputMix(_scripts, _counted, _tokens, Bound - _textBound, _textBound, !_blurred);

    /// <summary>Adds tokens that a rule gives, in the provider's own tokens.</summary>
    public void AddTokens(long expected, long bound)
    {
        _tokens += expected;
        Bound += bound;
    }

    /// <summary>Adds a span of text, or of JSON by its minified text.</summary>
    /// <returns>Best guess of its tokens.</returns>
    public long AddText(ContentSpan span, bool boundOnly = false)
    {
        var text = Measure(span, (int)Math.Clamp(_enough - Tokens, 0, int.MaxValue));
        var bound = BoundOf(text, span);
        Bound += bound;
        if (boundOnly)
            return 0;
        _counted += text.Tokens;
        _textBound += bound;
        _scripts += text.Mix;
        return Scale(text.Tokens, Profile.ExpectedPercent);
    }

    /// <summary>Tokens of a span as the tokenizer counts it, and what the model itself can't exceed on it.</summary>
    public (long Count, long Bound) Count(ContentSpan span)
    {
        var text = Measure(span, int.MaxValue);
        return (text.Tokens, BoundOf(text, span));
    }

    /// <summary>
    /// Text that takes the best guess above so many tokens need not be counted to its end. For the model's own tokenizer only: what is learned of another may
    /// bring a guess down again.
    /// </summary>
    public void StopAbove(long tokens)
    {
        if (Profile.HasOwnTokenizer)
            _enough = tokens;
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

    /// <summary>The request holds what is neither text nor known by a rule: nothing can be learned of its text from the provider's count.</summary>
    public void Blur() => _blurred = true;

    public void Dispose()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private static bool IsRaw(ContentKind kind) =>
        kind is ContentKind.ToolSchema or ContentKind.ToolInput or ContentKind.ResponseSchema or ContentKind.OpaqueJson;

    private static long Scale(long count, int percent, long hundredths = 0) => (count * percent + hundredths + 99) / 100;

    private readonly long BoundOf(in TextCount text, ContentSpan span)
    {
        if (Profile.HasOwnTokenizer)
            return text.Tokens;
        var scaled = Scale(text.Tokens, Math.Max(Profile.SafetyPercent, 100), text.Allowance);
        // Byte-level BPE gives no more tokens than there are bytes; normalisation may first lengthen text outside ASCII.
        return text.Allowance == 0 ? Math.Min(scaled, span.Length) : scaled;
    }

    private TextCount Measure(ContentSpan span, int limit)
    {
        var written = Written(span);
        var raw = IsRaw(span.Kind);
        if (known is null || span.Length < LongText)
            return Measure(written, raw, limit);
        var key = TextHash.Begin(known.Salt).Add((byte)Profile.Encoding).Add((byte)(raw ? 1 : 0)).Add((byte)(Profile.HasOwnTokenizer ? 1 : 0)).Add(written).End();
        hashed.Add(new HashedText(span.Start, span.Start + span.Length, key));
        if (!known.TryFind(key, out var count))
        {
            count = Measure(written, raw, limit);
            if (count.Tokens <= limit)
                known.Put(key, count);
        }

        return count;
    }

    private TextCount Measure(ReadOnlySpan<byte> written, bool raw, int limit)
    {
        var tokens = raw ? CountMinified(written, limit) : Counter.CountJsonString(written, limit);
        return Profile.HasOwnTokenizer
            ? new TextCount(tokens, 0)
            : new TextCount(tokens, ScriptAllowance.Hundredths(written), ScriptCensus.Of(written, raw));
    }

    private int CountMinified(ReadOnlySpan<byte> json, int limit)
    {
        var buffer = Buffer(json.Length);
        return Counter.Count(buffer[..JsonMinifier.Minify(json, buffer)], limit);
    }
}
