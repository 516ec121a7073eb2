using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// Anthropic's <c>usage</c> object, which a stream sends several times: each overwrites what it names and leaves what it omits or sets to null
/// (source: Anthropic streaming page, 2026-08). One count that can't be believed spoils the whole.
/// </summary>
internal struct AnthropicUsage
{
    private long? _input;
    private long? _output;
    private long? _cached;
    private long? _written;
    private long? _writtenShort;
    private long? _writtenLong;
    private long? _thinking;
    private long? _searches;
    private long? _codeRuns;
    private long _unknownInput;
    private long _unknownOutput;
    private long _unknownCalls;
    private long _unknownWritten;
    private Usage _aside;
    private bool _isAside;
    private bool _malformed;

    /// <summary>The tier that was billed; null = not said. Priority capacity is paid for in advance and priced as standard.</summary>
    public ServiceTier? Tier { get; private set; }

    /// <summary>Whether <c>inference_geo</c> is the region with a multiplier; null = not said.</summary>
    public bool? Regional { get; private set; }

    /// <summary>The part of the usage that stands under names which we don't know.</summary>
    public readonly UnknownTokens Unknown => new(_unknownInput, _unknownOutput, _unknownCalls + (_unknownWritten > 0 ? 1 : 0));

    /// <summary>Reads the value over what is known; null changes nothing.</summary>
    public void Read(ref JsonCursor json)
    {
        if (json.ReadNull()) return;
        var before = Unknown;
        var (calls, written) = (_unknownCalls, _unknownWritten);
        (_unknownInput, _unknownOutput, _unknownCalls, _unknownWritten) = (0, 0, 0, 0);
        if (!ReadMembers(ref json, inIteration: false)) _malformed = true;
        // Counts grow: what a later object leaves out stays.
        (_unknownInput, _unknownOutput) = (Math.Max(_unknownInput, before.Input), Math.Max(_unknownOutput, before.Output));
        (_unknownCalls, _unknownWritten) = (Math.Max(_unknownCalls, calls), Math.Max(_unknownWritten, written));
    }

    /// <summary>Usage so far; null until input and output are both known.</summary>
    /// <param name="longestTtl">The longest cache lifetime that the request asked for: the price of writes that are not split.</param>
    public readonly Usage? ToUsage(CacheWrite longestTtl)
    {
        if (_malformed || _input is not { } input || _output is not { } output) return null;
        var writtenShort = _writtenShort ?? 0;
        var writtenLong = _writtenLong ?? 0;
        var unsplit = Math.Max((_written ?? 0) - writtenShort - writtenLong, 0);
        // A lifetime that we don't know is priced as the longest that we do.
        if (longestTtl == CacheWrite.Long || _unknownWritten > 0) writtenLong += unsplit;
        else writtenShort += unsplit;
        return Usage.Exclusive(
            input + _aside.Input + _unknownInput,
            (_cached ?? 0) + _aside.CachedInput,
            writtenShort + _aside.CacheWriteShort,
            writtenLong + _aside.CacheWriteLong,
            output + _aside.Output + _unknownOutput,
            _thinking ?? 0) with { ToolCalls = (_searches ?? 0) + _unknownCalls, CodeSessions = _codeRuns > 0 ? 1 : 0 };
    }

    private bool ReadMembers(ref JsonCursor json, bool inIteration)
    {
        if (!json.EnterObject()) return false;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("input_tokens"u8)) Count(ref json, ref _input);
            else if (key.SequenceEqual("output_tokens"u8)) Count(ref json, ref _output);
            else if (key.SequenceEqual("cache_read_input_tokens"u8)) Count(ref json, ref _cached);
            else if (key.SequenceEqual("cache_creation_input_tokens"u8)) Count(ref json, ref _written);
            else if (key.SequenceEqual("cache_creation"u8)) ReadSplit(ref json);
            else if (key.SequenceEqual("output_tokens_details"u8)) ReadCountIn(ref json, "thinking_tokens"u8, ref _thinking);
            else if (key.SequenceEqual("server_tool_use"u8)) ReadToolUse(ref json);
            else if (key.SequenceEqual("iterations"u8) && !inIteration) ReadIterations(ref json);
            else if (key.EndsWith("input_tokens"u8)) _unknownInput += json.ReadCountOrZero();
            // A sum of the others, in servers that speak this language.
            else if (key.SequenceEqual("total_tokens"u8)) json.Skip();
            else if (key.EndsWith("_tokens"u8)) _unknownOutput += json.ReadCountOrZero();
            else ReadText(ref json, key);
        }

        return !json.Broken;
    }

    private void ReadSplit(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("ephemeral_5m_input_tokens"u8)) Count(ref json, ref _writtenShort);
            else if (key.SequenceEqual("ephemeral_1h_input_tokens"u8)) Count(ref json, ref _writtenLong);
            // Within the whole of what was written, so that it is not counted twice.
            else if (key.EndsWith("_tokens"u8)) _unknownWritten += json.ReadCountOrZero();
            else json.Skip();
        }
    }

    /// <summary>Fetches have no fee.</summary>
    private void ReadToolUse(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("web_search_requests"u8)) Count(ref json, ref _searches);
            else if (key.SequenceEqual("code_execution_requests"u8)) Count(ref json, ref _codeRuns);
            else if (key.EndsWith("_requests"u8) && !key.SequenceEqual("web_fetch_requests"u8)) _unknownCalls += json.ReadCountOrZero();
            else json.Skip();
        }
    }

    private void ReadCountIn(ref JsonCursor json, ReadOnlySpan<byte> wanted, ref long? count)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual(wanted)) Count(ref json, ref count);
            else json.Skip();
        }
    }

    /// <summary>
    /// The totals leave out the model calls made for compaction and by an advisor; they are billed all the same, so they are added here
    /// (an advisor's at the answering model's rate, the only one a call is priced with).
    /// </summary>
    private void ReadIterations(ref JsonCursor json)
    {
        if (!json.EnterArray()) return;
        _aside = default;
        while (json.NextItem())
        {
            var iteration = new AnthropicUsage();
            if (!iteration.ReadMembers(ref json, inIteration: true) || iteration._malformed) _malformed = true;
            if (!iteration._isAside || iteration.ToUsage(CacheWrite.Short) is not { } part) continue;
            _aside = Usage.Exclusive(
                Add(_aside.Input, part.Input),
                Add(_aside.CachedInput, part.CachedInput),
                Add(_aside.CacheWriteShort, part.CacheWriteShort),
                Add(_aside.CacheWriteLong, part.CacheWriteLong),
                Add(_aside.Output, part.Output));
        }
    }

    private void ReadText(ref JsonCursor json, ReadOnlySpan<byte> key)
    {
        if (!json.ReadString(out var text)) return;
        if (key.SequenceEqual("speed"u8))
        {
            if (text.SequenceEqual("fast"u8)) Tier = ServiceTier.Fast;
            else Tier ??= ServiceTier.Standard;
        }
        else if (key.SequenceEqual("service_tier"u8))
        {
            if (text.SequenceEqual("batch"u8)) Tier = ServiceTier.Batch;
            else Tier ??= ServiceTier.Standard;
        }
        else if (key.SequenceEqual("inference_geo"u8))
        {
            if (text.SequenceEqual("us"u8)) Regional = true;
            else if (text.SequenceEqual("global"u8)) Regional = false;
        }
        else if (key.SequenceEqual("type"u8))
        {
            _isAside = text.SequenceEqual("compaction"u8) || text.SequenceEqual("advisor_message"u8);
        }
    }

    private void Count(ref JsonCursor json, ref long? count) => _malformed |= !json.ReadCount(ref count);

    /// <summary>Many iterations can't carry a sum past belief, or past 64 bits.</summary>
    private static long Add(long sum, long part) => Math.Min(sum + part, JsonCursor.MaxCount);
}
