using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// Meters a stream of the Messages API: <c>message_start</c> with the input's usage, content blocks, one or more <c>message_delta</c> with the
/// usage so far, <c>message_stop</c>. Nothing is hidden. A refusal before any content is reported with its tokens but not charged by the
/// provider, so its usage is zero here (source: Anthropic "Handling stop reasons" page, 2026-08).
/// </summary>
/// <param name="counter">Counts the output that passed.</param>
/// <param name="longestTtl">The longest cache lifetime that the request asked for: the price of writes that are not split.</param>
public sealed class AnthropicMessagesMeter(TokenCounter counter, CacheWrite longestTtl) : SseMeter(counter, hides: false)
{
    private AnthropicUsage _usage;
    private string? _model;
    private bool _finished;
    private bool _failed;
    private bool _hasContent;
    private bool _refused;

    private protected override MeterReading Read() => new()
    {
        Usage = _refused && !_hasContent ? default(Usage) : _usage.ToUsage(longestTtl),
        Unknown = _usage.Unknown,
        ServedModel = _model,
        ServedTier = _usage.Tier,
        Regional = _usage.Regional,
        Finished = _finished,
        Failed = _failed,
    };

    private protected override bool Take(in SseEvent taken)
    {
        _failed |= taken.Name.SequenceEqual("error"u8);
        if (taken.Data.IsEmpty) return true;
        var json = new JsonCursor(taken.Data);
        var usage = _usage;
        ReadOnlySpan<byte> type = default;
        var isObject = json.EnterObject();
        while (isObject && json.NextKey(out var key))
        {
            if (key.SequenceEqual("type"u8)) json.ReadString(out type);
            else if (key.SequenceEqual("delta"u8)) TakeDelta(ref json);
            else if (key.SequenceEqual("content_block"u8)) TakeBlock(ref json);
            else if (key.SequenceEqual("usage"u8)) usage.Read(ref json);
            else if (key.SequenceEqual("message"u8)) TakeMessage(ref json, ref usage);
            else json.Skip();
        }

        if (!isObject || !json.IsWhole())
        {
            if (!taken.Cut) MarkUncounted();
            return true;
        }

        _usage = usage;
        _finished |= type.SequenceEqual("message_stop"u8);
        _failed |= type.SequenceEqual("error"u8);
        return true;
    }

    private void TakeMessage(ref JsonCursor json, ref AnthropicUsage usage)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("model"u8)) ServedModel.Read(ref json, ref _model);
            else if (key.SequenceEqual("usage"u8)) usage.Read(ref json);
            else json.Skip();
        }
    }

    /// <summary>A delta of a block has text; the delta of the message has the stop reason.</summary>
    private void TakeDelta(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("text"u8) || key.SequenceEqual("partial_json"u8) || key.SequenceEqual("thinking"u8))
            {
                if (json.ReadString(out var text)) AddOutput(text);
            }
            else if (key.SequenceEqual("stop_reason"u8))
            {
                _refused |= json.ReadString(out var reason) && reason.SequenceEqual("refusal"u8);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void TakeBlock(ref JsonCursor json)
    {
        _hasContent = true;
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("type"u8))
            {
                if (json.ReadString(out var type) && IsBilledOutOfSight(type)) MarkUncounted();
            }
            else if (key.SequenceEqual("name"u8) || key.SequenceEqual("text"u8) || key.SequenceEqual("thinking"u8))
            {
                if (json.ReadString(out var text)) AddOutput(text);
            }
            else
            {
                json.Skip();
            }
        }
    }

    /// <summary>Thinking is shown as a summary and billed in full; a server's tool adds input that only the next usage tells.</summary>
    private static bool IsBilledOutOfSight(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("thinking"u8) || type.SequenceEqual("redacted_thinking"u8) || type.SequenceEqual("server_tool_use"u8);
}
