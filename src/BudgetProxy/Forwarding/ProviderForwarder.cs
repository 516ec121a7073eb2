using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Forwarding;

/// <summary>Moves one call to its provider and the answer back, by YARP. Never retries: a POST sent twice may be billed twice.</summary>
public sealed class ProviderForwarder(IHttpForwarder forwarder, CallsInFlight calls)
{
    /// <summary>A provider may think this long between two bytes: the SDKs' own default timeout (openai-node, anthropic-sdk: 600 s).</summary>
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromMinutes(10) };

    /// <summary>
    /// Forwards and copies the answer, which for a metered route that is not streamed is held back in the exchange. Ends also when the client
    /// leaves, by the exchange's rule, or when calls in flight are cut; never throws for what the client or the provider does.
    /// </summary>
    public async Task<ForwarderError> SendAsync(HttpContext context, ProviderExchange exchange)
    {
        if (calls.Cut.IsCancellationRequested)
        {
            // Nothing goes out that would be cut at once.
            exchange.OnCut();
            return ForwarderError.RequestCanceled;
        }

        var clientAborted = context.RequestAborted;
        var clientBody = context.Response.Body;
        exchange.Answer = new AnswerStream(clientBody, context.Response.BodyWriter);
        if (exchange.Body is not null)
            context.Request.Body = exchange.Body;
        context.Response.Body = exchange.Answer;
        context.RequestAborted = exchange.Aborted;
        await using var registration = clientAborted.UnsafeRegister(static state => ((ProviderExchange)state!).OnClientGone(), exchange);
        await using var cut = calls.Cut.UnsafeRegister(static state => ((ProviderExchange)state!).OnCut(), exchange);
        try
        {
            var ended = await forwarder.SendAsync(context, exchange.Target.Prefix, exchange.Target.Client, Config, exchange, CancellationToken.None);
            // A provider may answer whole before it has read the whole body (an early 413): the answer is what counts then.
            return exchange.Status > 0 && ended is ForwarderError.RequestBodyClient or ForwarderError.RequestBodyDestination or ForwarderError.RequestBodyCanceled
                ? ForwarderError.None
                : ended;
        }
        finally
        {
            context.Response.Body = clientBody;
            context.RequestAborted = clientAborted;
        }
    }
}
