using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Core.Metering;

/// <summary>
/// Meters a stream of the Responses API: deltas, and at the end <c>response.completed</c>, <c>response.incomplete</c> or <c>response.failed</c>, which alone
/// carry the usage. Nothing is hidden (source: OpenAI API reference, responses streaming, 2026-08).
/// </summary>
/// <param name="counter">Counts the output that passed.</param>
/// <param name="longestTtl">The longest cache lifetime that the request asked for: the price of writes that are not split.</param>
public sealed class OpenAiResponsesMeter(TokenCounter counter, CacheWrite longestTtl) : SseMeter(counter, hides: false)
{
    private Usage? _usage;
    private UnknownTokens _unknown;
    private long _searches;
    private long _fileSearches;
    private long _codeSessions;
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
        _failed |= taken.Name.SequenceEqual("error"u8);
        if (taken.Data.IsEmpty || taken.Data.StartsWith("[DONE]"u8)) return true;
        var json = new JsonCursor(taken.Data);
        var response = new OpenAiResponse { Model = _model, Tier = _tier };
        ReadOnlySpan<byte> type = default, delta = default;
        var called = ServerCall.None;
        var isObject = json.EnterObject();
        while (isObject && json.NextKey(out var key))
        {
            if (key.SequenceEqual("type"u8)) json.ReadString(out type);
            else if (key.SequenceEqual("delta"u8)) json.ReadString(out delta);
            else if (key.SequenceEqual("response"u8)) response.Read(ref json, longestTtl);
            else if (key.SequenceEqual("item"u8) && taken.Name.EndsWith(".done"u8)) called = OpenAiResponse.ReadItem(ref json);
            else if (key.SequenceEqual("item"u8)) TakeItem(ref json);
            else json.Skip();
        }

        if (!isObject || !json.IsWhole())
        {
            if (!taken.Cut) MarkUncounted();
            return true;
        }

        _searches += called == ServerCall.WebSearch ? 1 : 0;
        _fileSearches += called == ServerCall.FileSearch ? 1 : 0;
        _codeSessions |= called == ServerCall.Code ? 1L : 0L;
        if (type.EndsWith(".delta"u8)) TakeDelta(type, delta);
        else TakeState(type, response);
        return true;
    }

    private void TakeState(ReadOnlySpan<byte> type, in OpenAiResponse response)
    {
        _model = response.Model;
        _tier = response.Tier;
        _failed |= type.SequenceEqual("error"u8) || type.SequenceEqual("response.failed"u8);
        var ended = type.SequenceEqual("response.completed"u8) || type.SequenceEqual("response.incomplete"u8);
        if (!ended && !type.SequenceEqual("response.failed"u8)) return;
        // The last event need not name again what the stream has shown.
        _usage = response.Usage is not { } usage ? null : usage with
        {
            ToolCalls = Math.Max(usage.ToolCalls, _searches),
            FileSearches = Math.Max(usage.FileSearches, _fileSearches),
            CodeSessions = Math.Max(usage.CodeSessions, _codeSessions),
        };
        _unknown = response.Unknown;
        _finished = ended;
    }

    /// <summary>A summary stands for reasoning that is billed in full and not shown; sound is no text.</summary>
    private void TakeDelta(ReadOnlySpan<byte> type, ReadOnlySpan<byte> delta)
    {
        if (type.StartsWith("response.reasoning_summary"u8) || type.StartsWith("response.audio"u8)) MarkUncounted();
        else AddOutput(delta);
    }

    /// <summary>
    /// An item as it begins. Its kind tells whether something is billed that no delta shows: reasoning, or a search, whose results are input.
    /// A function's name comes with no delta, so it is counted here.
    /// </summary>
    private void TakeItem(ref JsonCursor json)
    {
        if (!json.EnterObject()) return;
        while (json.NextKey(out var key))
        {
            if (key.SequenceEqual("type"u8))
            {
                if (json.ReadString(out var type) && IsBilledOutOfSight(type)) MarkUncounted();
            }
            else if (key.SequenceEqual("name"u8))
            {
                if (json.ReadString(out var name)) AddOutput(name);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private static bool IsBilledOutOfSight(ReadOnlySpan<byte> type) =>
        !type.SequenceEqual("message"u8) && !type.SequenceEqual("function_call"u8) && !type.SequenceEqual("custom_tool_call"u8);
}
