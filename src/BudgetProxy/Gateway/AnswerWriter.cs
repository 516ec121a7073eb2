using BudgetProxy.Core.Money;
using BudgetProxy.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Gateway;

/// <summary>Ends the client's answer once the call is on the books: the cost as a header or a trailer, the held body, or the failure.</summary>
public static class AnswerWriter
{
    public static async Task FinishAsync(Call call, ProviderExchange exchange, ForwarderError ended, NanoUsd cost)
    {
        var response = call.Context.Response;
        if (exchange.ClientGone)
            return;

        if (exchange.Meter is not null || response.HasStarted)
        {
            if (ended == ForwarderError.None)
                await EndStreamAsync(response, exchange, cost);
            else
                call.Context.Abort();
            return;
        }

        if (ended != ForwarderError.None)
        {
            await WriteFailureAsync(call, exchange, ended);
            return;
        }

        response.Headers[HeaderNames.CostUsd] = cost.ToString();
        response.Headers.Remove("Trailer");
        await exchange.Answer.SendHeldAsync();
    }

    private static async Task EndStreamAsync(HttpResponse response, ProviderExchange exchange, NanoUsd cost)
    {
        // HTTP/1.0 has no trailers; the ledger has the cost all the same.
        if (response.SupportsTrailers())
            response.AppendTrailer(HeaderNames.CostUsd, cost.ToString());
        else
            await exchange.Answer.EndChunksAsync(HeaderNames.CostUsd, cost.ToString());
    }

    private static async Task WriteFailureAsync(Call call, ProviderExchange exchange, ForwarderError ended)
    {
        var response = call.Context.Response;
        response.Clear();
        response.Headers[HeaderNames.RequestId] = call.Id.ToString();
        exchange.Answer.DropHeld();
        var timedOut = ended == ForwarderError.RequestTimedOut;
        await RefusalWriter.WriteAsync(call.Context, call.Route.Provider, Refusals.ProviderFailed(timedOut, exchange.Dispatched));
    }
}
