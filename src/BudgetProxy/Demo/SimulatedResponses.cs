using System.Text.Json;

namespace BudgetProxy.Demo;

/// <summary>Answers in the shapes of OpenAI's Responses API (source: OpenAI API reference, responses and streaming, 2026-08).</summary>
internal sealed class SimulatedResponses(SimulatedSender sender, SimulatedCall call, SimulatedAnswer answer)
{
    private readonly SimulatedBilling _billing = new(call, answer);
    private readonly string _model = JsonSerializer.Serialize(answer.ServedModel ?? SimulatedModels.SnapshotOf(call.Request.Model));
    private int _sequence;

    private string Status => _billing.CutByLimit ? "incomplete" : "completed";

    public Task RespondAsync() => call.Request.Streamed ? StreamAsync() : WholeAsync();

    public async Task CountAsync() => await sender.SendWholeAsync(
        $$"""{"object":"response.input_tokens","input_tokens":{{answer.Reported?.Input ?? call.Request.InputTokens}}}""");

    /// <summary>The whole answer, billed.</summary>
    public string Whole()
    {
        _billing.BillWhole();
        return Response(Status, Item(SimulatedText.Of(_billing.Visible)), Usage());
    }

    private async Task WholeAsync() => await sender.SendWholeAsync(Whole());

    private async Task StreamAsync()
    {
        _billing.BillInput();
        if (!await sender.StartStreamAsync() || !await SendTextAsync())
            return;
        _billing.BillWhole();
        var text = $"\"{SimulatedText.Of(_billing.Visible)}\"";
        if (await SendAsync("response.output_text.done", $$""","item_id":"msg_1","output_index":0,"content_index":0,"logprobs":[],"text":{{text}}""")
            && await SendAsync("response.output_item.done", $",\"output_index\":0,\"item\":{Item(SimulatedText.Of(_billing.Visible))}")
            && await SendAsync($"response.{Status}", $",\"response\":{Response(Status, Item(SimulatedText.Of(_billing.Visible)), Usage())}"))
            await sender.CompleteStreamAsync();
    }

    /// <summary>From <c>response.created</c> to the last token. False when the stream has ended early.</summary>
    private async Task<bool> SendTextAsync()
    {
        if (!await SendAsync("response.created", $",\"response\":{Response("in_progress", "", "null")}")
            || !await SendAsync("response.output_item.added", $",\"output_index\":0,\"item\":{Item(null)}"))
            return false;
        for (var at = 0L; at < _billing.Visible; at++)
        {
            if (sender.FailsNow)
                return await FailAsync();
            _billing.BillShown(at + 1);
            if (!await SendAsync(
                "response.output_text.delta",
                $$""","item_id":"msg_1","output_index":0,"content_index":0,"delta":"{{SimulatedText.Token(at)}}","logprobs":[]"""))
                return false;
        }

        return true;
    }

    private async Task<bool> FailAsync()
    {
        await SendAsync("error", ""","code":"server_error","message":"The server had an error.","param":null""");
        await sender.CompleteStreamAsync();
        return false;
    }

    private Task<bool> SendAsync(string type, string fields) => sender.SendEventAsync($$"""
        event: {{type}}
        data: {"type":"{{type}}","sequence_number":{{_sequence++}}{{fields}}}


        """);

    private static string Item(string? text)
    {
        var content = text is null ? "" : $$"""{"type":"output_text","text":"{{text}}","annotations":[],"logprobs":[]}""";
        return $$"""{"id":"msg_1","type":"message","status":"{{(text is null ? "in_progress" : "completed")}}","role":"assistant","content":[{{content}}]}""";
    }

    private string Response(string status, string output, string usage)
    {
        var tier = answer.ServiceTier ?? call.Request.ServiceTier ?? "default";
        return $$"""{"id":"resp_simulated{{call.Number:x8}}","object":"response","created_at":{{call.StartedAt.ToUnixTimeSeconds()}},"status":"{{status}}","""
            + $$""" "error":null,"incomplete_details":null,"instructions":null,"metadata":{},"model":{{_model}},"output":[{{output}}],"""
            + $$""" "parallel_tool_calls":true,"tools":[],"tool_choice":"auto","service_tier":"{{tier}}","usage":{{usage}}}""";
    }

    private string Usage()
    {
        if (answer.OmitUsage)
            return "null";
        if (answer.RawUsage is { } raw)
            return raw;
        var usage = _billing.Reported;
        return $$"""{"input_tokens":{{usage.TotalInput}},"input_tokens_details":{"cached_tokens":{{usage.CachedInput}},"""
            + $$""" "cache_write_tokens":{{usage.CacheWriteShort + usage.CacheWriteLong}}},"output_tokens":{{usage.Output}},"""
            + $$""" "output_tokens_details":{"reasoning_tokens":{{usage.Reasoning}}},"total_tokens":{{usage.Total}}}""";
    }
}
