using System.Text.Json;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Demo;

/// <summary>Answers in Anthropic's shapes (source: Anthropic API reference, messages and streaming, 2026-08).</summary>
internal sealed class SimulatedAnthropic(SimulatedSender sender, SimulatedCall call, SimulatedAnswer answer)
{
    private readonly SimulatedBilling _billing = new(call, answer);
    private readonly string _id = $"msg_simulated{call.Number:x8}";
    private readonly string _model = JsonSerializer.Serialize(answer.ServedModel ?? SimulatedModels.SnapshotOf(call.Request.Model));

    private string StopReason => _billing.CutByLimit ? "max_tokens" : "end_turn";

    public Task MessageAsync() => call.Request.Streamed ? StreamMessageAsync() : WholeMessageAsync();

    public async Task CountTokensAsync() => await sender.SendWholeAsync($$"""{"input_tokens":{{answer.Reported?.Input ?? call.Request.InputTokens}}}""");

    /// <summary>The whole answer, billed.</summary>
    public string Whole()
    {
        _billing.BillWhole();
        return Message($$"""[{"type":"text","text":"{{SimulatedText.Of(_billing.Visible)}}"}]""", $"\"{StopReason}\"", UsageField(_billing.Reported));
    }

    private async Task WholeMessageAsync() => await sender.SendWholeAsync(Whole());

    private async Task StreamMessageAsync()
    {
        _billing.BillInput();
        if (!await sender.StartStreamAsync() || !await SendTextAsync())
            return;
        _billing.BillWhole();
        for (var copy = 0; copy < Math.Max(answer.UsageCopies, 1); copy++)
        {
            var end = $$""","delta":{"stop_reason":"{{StopReason}}","stop_sequence":null}{{UsageField(_billing.Reported)}}""";
            if (!await SendAsync("message_delta", end))
                return;
        }

        if (await SendAsync("message_stop", ""))
            await sender.CompleteStreamAsync();
    }

    /// <summary>From <c>message_start</c> to the end of the one block of text. False when the stream has ended early.</summary>
    private async Task<bool> SendTextAsync()
    {
        var first = answer.Reported ?? _billing.InputOnly;
        var start = Message("[]", "null", UsageField(first with { Output = Math.Min(1, _billing.Visible), Reasoning = 0 }));
        if (!await SendAsync("message_start", $",\"message\":{start}")
            || !await SendAsync("content_block_start", ""","index":0,"content_block":{"type":"text","text":""}""")
            || !await SendAsync("ping", ""))
            return false;
        for (var at = 0L; at < _billing.Visible; at++)
        {
            if (sender.FailsNow)
                return await FailAsync();
            _billing.BillShown(at + 1);
            if (!await SendAsync("content_block_delta", $$""","index":0,"delta":{"type":"text_delta","text":"{{SimulatedText.Token(at)}}"}"""))
                return false;
        }

        return await SendAsync("content_block_stop", ",\"index\":0");
    }

    private async Task<bool> FailAsync()
    {
        await SendAsync("error", ""","error":{"type":"overloaded_error","message":"Overloaded"}""");
        await sender.CompleteStreamAsync();
        return false;
    }

    private Task<bool> SendAsync(string type, string fields) => sender.SendEventAsync($$"""
        event: {{type}}
        data: {"type":"{{type}}"{{fields}}}


        """);

    private string Message(string content, string stopReason, string usage) =>
        $$"""{"id":"{{_id}}","type":"message","role":"assistant","model":{{_model}},"content":{{content}},"""
        + $$""" "stop_reason":{{stopReason}},"stop_sequence":null{{usage}}}""";

    private string UsageField(Usage usage)
    {
        if (answer.OmitUsage)
            return "";
        if (answer.RawUsage is { } raw)
            return $",\"usage\":{raw}";
        var tier = answer.ServiceTier ?? "standard";
        return $$""","usage":{"input_tokens":{{usage.Input}},"output_tokens":{{usage.Output}},"service_tier":"{{tier}}","server_tool_use":null,"""
            + $$""" "cache_read_input_tokens":{{usage.CachedInput}},"cache_creation_input_tokens":{{usage.CacheWriteShort + usage.CacheWriteLong}},"""
            + $$""" "cache_creation":{"ephemeral_5m_input_tokens":{{usage.CacheWriteShort}},"ephemeral_1h_input_tokens":{{usage.CacheWriteLong}}},"""
            + $$""" "output_tokens_details":{"thinking_tokens":{{usage.Reasoning}}} }""";
    }
}
