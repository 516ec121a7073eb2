using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// Meters a stream of chat completions or of legacy completions: chunks in <c>data</c> lines, then <c>data: [DONE]</c>. OpenAI sends one usage, in a last chunk without
/// choices; servers that speak its language send it on any chunk, so it is read on all, and the last one holds.
/// </summary>
/// <param name="counter">Counts the output that passed.</param>
/// <param name="hideUsageChunk">True when the client had not asked for the usage chunk: it is taken out.</param>
/// <param name="longestTtl">The longest cache lifetime that the request asked for: the price of writes, which OpenAI does not split.</param>
public sealed class OpenAiChatMeter(TokenCounter counter, bool hideUsageChunk, CacheWrite longestTtl)
    : SseMeter(counter, hideUsageChunk)
{
    private const int MaxHead = 512;
    private byte[] _head = [];
    private int _headLength;
    private Usage? _usage;
    private UnknownTokens _unknown;
    private string? _model;
    private ServiceTier? _tier;
    private bool _finished;
    private bool _failed;

    private protected override MeterReading Read() => new()
    {
        Usage = _usage,
        Unknown = _unknown,
        ServedModel = _model,
        ServedTier = _tier,
        Finished = _finished,
        Failed = _failed,
    };

    private protected override bool Take(in SseEvent taken)
    {
        if (taken.Data.StartsWith("[DONE]"u8))
        {
            _finished = true;
            return true;
        }

        _failed |= taken.Name.SequenceEqual("error"u8);
        return taken.Data.IsEmpty || TakeChunk(taken);
    }

    private bool TakeChunk(in SseEvent taken)
    {
        var repeats = _headLength > 0 && taken.Data.StartsWith(_head.AsSpan(0, _headLength));
        var json = new JsonCursor(taken.Data, repeats ? _headLength : 0);
        var isObject = repeats || json.EnterObject();
        var hasChoices = repeats && TakeChoices(ref json);
        var hasUsage = false;
        var hasError = false;
        Usage? usage = null;
        while (isObject && json.NextKey(out var key))
        {
            if (key.SequenceEqual("choices"u8))
            {
                if (!hasUsage && !hasError && !hasChoices) KeepHead(taken.Data[..json.Position]);
                hasChoices |= TakeChoices(ref json);
            }
            else if (key.SequenceEqual("model"u8)) ServedModel.Read(ref json, ref _model);
            else if (key.SequenceEqual("service_tier"u8)) OpenAiTier.Read(ref json, ref _tier);
            else if (key.SequenceEqual("usage"u8)) hasUsage = TakeUsage(ref json, ref usage);
            else if (key.SequenceEqual("error"u8)) hasError = json.SkipPresent();
            else json.Skip();
        }

        if (!isObject || !json.IsWhole())
        {
            if (!taken.Cut) MarkUncounted();
            return true;
        }

        if (hasUsage) _usage = usage;
        _failed |= hasError;
        return hasChoices || hasError || !hasUsage;
    }

    /// <summary>
    /// All chunks of a stream begin with the same id, date and model, up to their choices. What was walked once needs no second walk
    /// where the very same bytes come again.
    /// </summary>
    private void KeepHead(ReadOnlySpan<byte> head)
    {
        _headLength = head.Length <= MaxHead ? head.Length : 0;
        if (_head.Length < _headLength) _head = new byte[_headLength];
        head[.._headLength].CopyTo(_head);
    }

    /// <summary>False for the null that every chunk but the last carries.</summary>
    private bool TakeUsage(ref JsonCursor json, ref Usage? usage)
    {
        if (json.ReadNull()) return false;
        usage = OpenAiUsage.Read(ref json, hasOutput: true, longestTtl, out _unknown);
        return true;
    }

    /// <summary>Counts all that the model wrote, in every choice; false when there is none.</summary>
    private bool TakeChoices(ref JsonCursor json)
    {
        var any = false;
        if (!json.EnterArray()) return false;
        while (json.NextItem())
        {
            any = true;
            if (!json.EnterObject()) continue;
            while (json.NextKey(out var key))
            {
                if (key.SequenceEqual("delta"u8)) TakeDelta(ref json);
                // Legacy completions have their text here.
                else if (key.SequenceEqual("text"u8)) TakeText(ref json);
                else json.Skip();
            }
        }

        return any;
    }

    private void TakeDelta(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("content"u8) || key.SequenceEqual("refusal"u8) || IsReasoning(key)) TakeText(ref json);
            else if (key.SequenceEqual("tool_calls"u8)) TakeToolCalls(ref json);
            else if (key.SequenceEqual("function_call"u8)) TakeCall(ref json);
            else if (json.SkipPresent() && key.SequenceEqual("audio"u8)) MarkUncounted();
        }
    }

    /// <summary>Not OpenAI's own: the servers that show their model's reasoning name it so.</summary>
    private static bool IsReasoning(ReadOnlySpan<byte> key) => key.SequenceEqual("reasoning_content"u8) || key.SequenceEqual("reasoning"u8);

    private void TakeText(ref JsonCursor json)
    {
        if (json.ReadString(out var text)) AddOutput(text);
    }

    private void TakeToolCalls(ref JsonCursor json)
    {
        if (!json.EnterArray()) return;
        while (json.NextItem())
        {
            if (!json.EnterObject()) continue;
            while (json.NextKey(out var key))
            {
                if (key.SequenceEqual("function"u8) || key.SequenceEqual("custom"u8)) TakeCall(ref json);
                else json.Skip();
            }
        }
    }

    private void TakeCall(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("name"u8) || key.SequenceEqual("arguments"u8) || key.SequenceEqual("input"u8)) TakeText(ref json);
            else json.Skip();
        }
    }
}
