using Microsoft.Extensions.Primitives;

namespace BudgetProxy.Demo;

/// <summary>The simulated provider's routes: who may call, what is refused, and which shape answers.</summary>
internal sealed class SimulatedRoutes(HttpContext context, SimulatedCall call, SimulatedProviderOptions options)
{
    private readonly bool _anthropic =
        call.Path.StartsWith("/v1/messages", StringComparison.Ordinal) || context.Request.Headers.ContainsKey("anthropic-version");
    private readonly string _requestId = $"req_simulated{call.Number:x8}";

    /// <param name="script">Decides the answer.</param>
    /// <param name="batches">Whose batches and files the call is about; null = about none.</param>
    public async Task AnswerAsync(Func<SimulatedCall, SimulatedAnswer> script, SimulatedProvider? batches)
    {
        AddHeaders();
        if (!KeyIsRight())
            await RefuseAsync(new SimulatedAnswer { Status = 401 }, "Incorrect API key provided.");
        else if (call.Request.Error is { } error)
            await RefuseAsync(new SimulatedAnswer { Status = 400 }, error);
        else if (_anthropic && !context.Request.Headers.ContainsKey("anthropic-version"))
            await RefuseAsync(new SimulatedAnswer { Status = 400 }, "anthropic-version: header is required");
        else if (batches is not null)
            await new SimulatedBatchRoutes(context, call, batches, options).AnswerAsync();
        else
            await AnswerAsync(script(call));
    }

    private async Task AnswerAsync(SimulatedAnswer answer)
    {
        var sender = new SimulatedSender(context, call, answer);
        if (answer.Hang || answer.Abort is SimulatedAbort.BeforeHeaders or SimulatedAbort.AfterHeaders)
            new SimulatedBilling(call, answer).BillInput();
        if (answer.Hang)
            await Task.Delay(Timeout.InfiniteTimeSpan, options.Time, context.RequestAborted);
        else if (answer.Status != StatusCodes.Status200OK)
            await RefuseAsync(answer, "The request failed.");
        else
            await RouteAsync(sender, answer);
    }

    private Task RouteAsync(SimulatedSender sender, SimulatedAnswer answer) => (call.Method, call.Path) switch
    {
        ("POST", "/v1/chat/completions") => new SimulatedOpenAi(sender, call, answer).ChatAsync(),
        ("POST", "/v1/completions") => new SimulatedOpenAi(sender, call, answer).CompleteAsync(),
        ("POST", "/v1/moderations") => sender.SendWholeAsync("""{"id":"modr-simulated","model":"omni-moderation-latest","results":[{"flagged":false}]}"""),
        ("POST", "/v1/embeddings") => new SimulatedOpenAi(sender, call, answer).EmbedAsync(),
        ("POST", "/v1/responses") => new SimulatedResponses(sender, call, answer).RespondAsync(),
        ("POST", "/v1/responses/input_tokens") => new SimulatedResponses(sender, call, answer).CountAsync(),
        ("POST", "/v1/messages") => new SimulatedAnthropic(sender, call, answer).MessageAsync(),
        ("POST", "/v1/messages/count_tokens") => new SimulatedAnthropic(sender, call, answer).CountTokensAsync(),
        ("GET", "/v1/models") => sender.SendWholeAsync(_anthropic ? SimulatedModels.AnthropicList() : SimulatedModels.OpenAiList()),
        _ => RefuseAsync(new SimulatedAnswer { Status = 404 }, $"Invalid URL ({call.Method} {call.Path})"),
    };

    private Task<bool> RefuseAsync(SimulatedAnswer answer, string message)
    {
        var body = answer.ErrorBody ?? SimulatedErrors.For(_anthropic, answer.Status, message, _requestId);
        return new SimulatedSender(context, call, answer).SendWholeAsync(body);
    }

    /// <summary>OpenAI takes a bearer token alone, Anthropic its own header too.</summary>
    private bool KeyIsRight()
    {
        var key = _anthropic ? options.AnthropicKey : options.OpenAiKey;
        var headers = context.Request.Headers;
        return key is null || headers.Authorization == (StringValues)$"Bearer {key}" || (_anthropic && headers["x-api-key"] == key);
    }

    private void AddHeaders()
    {
        if (_anthropic)
            SimulatedHeaders.AddAnthropic(context.Response.Headers, _requestId);
        else
            SimulatedHeaders.AddOpenAi(context.Response.Headers, _requestId);
    }
}
