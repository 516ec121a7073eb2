using System.Buffers.Binary;
using System.Text.Json;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Demo;

/// <summary>Answers in OpenAI's shapes (source: OpenAI API reference, chat completions and embeddings, 2026-08).</summary>
internal sealed class SimulatedOpenAi(SimulatedSender sender, SimulatedCall call, SimulatedAnswer answer)
{
    private const int Dimensions = 8;

    private readonly SimulatedBilling _billing = new(call, answer);
    private readonly string _id = $"chatcmpl-simulated{call.Number:x8}";
    private readonly long _created = call.StartedAt.ToUnixTimeSeconds();
    private readonly string _model = JsonSerializer.Serialize(answer.ServedModel ?? SimulatedModels.SnapshotOf(call.Request.Model));

    private bool _isText;

    private string Tier => (answer.ServiceTier ?? call.Request.ServiceTier) is not { } tier
        ? ""
        : $"""
          ,"service_tier":{JsonSerializer.Serialize(tier is "auto" ? "default" : tier)}
          """;

    private string Finish => _billing.CutByLimit ? "length" : "stop";

    /// <summary>Legacy completions: the same, but that a choice has a text instead of a message.</summary>
    public Task CompleteAsync()
    {
        _isText = true;
        return ChatAsync();
    }

    public Task ChatAsync() => call.Request.Streamed ? StreamChatAsync() : WholeChatAsync();

    public async Task EmbedAsync() => await sender.SendWholeAsync(Embeddings());

    /// <summary>The whole answer, billed.</summary>
    public string Embeddings()
    {
        call.Billed = answer.Reported ?? Usage.Inclusive(call.Request.InputTokens, 0, 0, 0, 0);
        var vectors = string.Join(',', Enumerable.Range(0, call.Request.Inputs).Select(index =>
            $$"""{"object":"embedding","index":{{index}},"embedding":{{(call.Request.Base64 ? Base64Vector() : Vector())}}}"""));
        var usage = answer.OmitUsage
            ? ""
            : $$""","usage":{{answer.RawUsage ?? $$"""{"prompt_tokens":{{call.Billed.TotalInput}},"total_tokens":{{call.Billed.TotalInput}}}"""}}""";
        return $$"""{"object":"list","data":[{{vectors}}],"model":{{_model}}{{usage}}}""";
    }

    private async Task WholeChatAsync() => await sender.SendWholeAsync(Completion());

    /// <summary>The whole answer, billed.</summary>
    public string Completion()
    {
        _billing.BillWhole();
        var message = $$"""{"role":"assistant","content":"{{SimulatedText.Of(_billing.Visible)}}","refusal":null,"annotations":[]}""";
        var choices = string.Join(',', Enumerable.Range(0, _billing.Choices).Select(index =>
            $$"""{"index":{{index}},{{(_isText ? $"\"text\":\"{SimulatedText.Of(_billing.Visible)}\"" : $"\"message\":{message}")}},"logprobs":null,"finish_reason":"{{Finish}}"}"""));
        var usage = answer.OmitUsage ? "" : $",\"usage\":{UsageJson()}";
        return $$"""{"id":"{{_id}}","object":"{{(_isText ? "text_completion" : "chat.completion")}}","created":{{_created}},"model":{{_model}},"""
            + $$""" "choices":[{{choices}}]{{usage}}{{Tier}},"system_fingerprint":"fp_simulated"}""";
    }

    private async Task StreamChatAsync()
    {
        _billing.BillInput();
        if (!await sender.StartStreamAsync() || !await SendTokensAsync())
            return;
        for (var index = 0; index < _billing.Choices; index++)
        {
            if (!await sender.SendEventAsync(Chunk(index, "{}", $"\"{Finish}\"")))
                return;
        }

        _billing.BillWhole();
        if (call.Request.IncludeUsage && !answer.OmitUsage)
        {
            for (var copy = 0; copy < answer.UsageCopies; copy++)
            {
                if (!await sender.SendEventAsync(Event("", UsageJson())))
                    return;
            }
        }

        if (await sender.SendEventAsync("data: [DONE]\n\n"))
            await sender.CompleteStreamAsync();
    }

    /// <summary>The role, then token by token, the choices in turn. False when the stream has ended early.</summary>
    private async Task<bool> SendTokensAsync()
    {
        for (var index = 0; index < _billing.Choices; index++)
        {
            if (!await sender.SendEventAsync(Chunk(index, """{"role":"assistant","content":"","refusal":null}""", "null")))
                return false;
        }

        var shown = 0L;
        for (var at = 0L; at < _billing.Visible; at++)
        {
            for (var index = 0; index < _billing.Choices; index++)
            {
                if (sender.FailsNow)
                    return await FailAsync();
                _billing.BillShown(++shown);
                if (!await sender.SendEventAsync(Chunk(index, $$"""{"content":"{{SimulatedText.Token(at)}}"}""", "null", SimulatedText.Token(at))))
                    return false;
            }
        }

        return true;
    }

    private async Task<bool> FailAsync()
    {
        var error = SimulatedErrors.OpenAi("The server had an error while processing your request.", "server_error", "server_error");
        await sender.SendEventAsync($"data: {error}\n\n");
        await sender.CompleteStreamAsync();
        return false;
    }

    private string Chunk(int index, string delta, string finish, string text = "") =>
        Event($$"""{"index":{{index}},{{(_isText ? $"\"text\":\"{text}\"" : $"\"delta\":{delta}")}},"logprobs":null,"finish_reason":{{finish}}}""", "null");

    /// <summary>With <c>include_usage</c> every event has a usage, null in all but the last; without it none has.</summary>
    private string Event(string choice, string usage)
    {
        var tail = call.Request.IncludeUsage && !answer.OmitUsage ? $",\"usage\":{usage}" : "";
        return $$"""data: {"id":"{{_id}}","object":"{{(_isText ? "text_completion" : "chat.completion.chunk")}}","created":{{_created}},"model":{{_model}}{{Tier}},"""
            + $$""" "system_fingerprint":"fp_simulated","choices":[{{choice}}]{{tail}}}""" + "\n\n";
    }

    private string UsageJson()
    {
        if (answer.RawUsage is { } raw)
            return raw;
        var usage = _billing.Reported;
        var written = usage.CacheWriteShort + usage.CacheWriteLong;
        return $$"""{"prompt_tokens":{{usage.TotalInput}},"completion_tokens":{{usage.Output}},"total_tokens":{{usage.Total}},"""
            + $$""" "prompt_tokens_details":{"cached_tokens":{{usage.CachedInput}},"cache_write_tokens":{{written}},"audio_tokens":0},"""
            + $$""" "completion_tokens_details":{"reasoning_tokens":{{usage.Reasoning}},"audio_tokens":0,"""
            + """ "accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}""";
    }

    private static string Vector() => "[" + string.Join(',', Enumerable.Repeat("0.25", Dimensions)) + "]";

    private static string Base64Vector()
    {
        Span<byte> bytes = stackalloc byte[Dimensions * sizeof(float)];
        for (var i = 0; i < Dimensions; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes[(i * sizeof(float))..], 0.25f);
        return $"\"{Convert.ToBase64String(bytes)}\"";
    }
}
