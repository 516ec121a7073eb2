using BudgetProxy.Core.Money;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Gateway;

/// <summary>Ends the client's answer once the call is on the books: the cost as a header or a trailer, the held body, or the failure.</summary>
public static class AnswerWriter
{
    public static async Task FinishAsync(Call call, MeteredExchange exchange, ForwarderError ended, NanoUsd cost)
    {
        if (exchange.ClientGone)
            return;
        if (exchange is { Status: StatusCodes.Status401Unauthorized, Meter: null })
            await WriteRefusedKeyAsync(call, cost);
        else if (ended == ForwarderError.None && !exchange.StoreFailed && (exchange.Meter is not null || await exchange.WhenDurableAsync()))
            await WriteEndAsync(call.Context.Response, exchange, cost);
        else
            await WriteFailureAsync(call, exchange, ended, cost);
    }

    private static async Task WriteEndAsync(HttpResponse response, MeteredExchange exchange, NanoUsd cost)
    {
        if (exchange.Meter is not null)
        {
            if (response.SupportsTrailers())
                response.AppendTrailer(HeaderNames.CostUsd, cost.ToString());
            else
                await exchange.Answer.EndChunksAsync(HeaderNames.CostUsd, cost.ToString());
            return;
        }

        if (!response.HasStarted)
        {
            response.Headers[HeaderNames.CostUsd] = cost.ToString();
            response.Headers.Remove("Trailer");
            response.ContentLength ??= exchange.Answer.Held.Length;
        }

        await exchange.Answer.SendHeldAsync();
    }

    private static async Task WriteFailureAsync(Call call, MeteredExchange exchange, ForwarderError ended, NanoUsd cost)
    {
        var response = call.Context.Response;
        if (response.HasStarted)
        {
            call.Context.Abort();
            return;
        }

        ReplaceHeaders(call, cost);
        // The provider has done its work: a retry would be billed again, so none is invited.
        var failure = exchange.StoreFailed ? Refusals.StoreUnavailable with { RetryAfterSeconds = null }
            : exchange.Cut ? Refusals.ShuttingDown(exchange.Dispatched)
            : Refusals.ProviderFailed(ended == ForwarderError.RequestTimedOut, exchange.Dispatched);
        await RefusalWriter.WriteAsync(call.Context, call.Route.Provider, failure);
    }

    private static Task WriteRefusedKeyAsync(Call call, NanoUsd cost)
    {
        ReplaceHeaders(call, cost);
        return RefusalWriter.WriteAsync(call.Context, call.Route.Provider, Refusals.ProviderKeyRefused);
    }

    /// <summary>Our own headers, in the place of those that came with an answer that is not passed on.</summary>
    private static void ReplaceHeaders(Call call, NanoUsd cost)
    {
        var response = call.Context.Response;
        response.Clear();
        response.Headers[HeaderNames.RequestId] = call.Id.ToString();
        AnswerHeaders.SetQuote(response.Headers, call);
        response.Headers[HeaderNames.CostUsd] = cost.ToString();
    }
}
