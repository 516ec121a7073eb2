using BudgetProxy.Core.Money;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Gateway;

/// <summary>
/// The one way through: identify, read, count, quote, reserve or refuse, forward, meter, then settle or void, and record. The last two stand
/// in a <c>finally</c> that the client's disconnect can't cancel. What can't be reserved is refused: the flow fails closed.
/// </summary>
public sealed class RequestFlow(CallIdentifier identifier, CallQuoter quoter, CallReserver reserver, CallForwarder forwarder, CallSettler settler)
{
    /// <summary>Takes one metered call from its key to its ledger entry.</summary>
    public async Task RunAsync(HttpContext context, ProviderRoute route, DateTimeOffset now)
    {
        using var call = new Call(context, route, Guid.CreateVersion7(now), now);
        context.Response.Headers[HeaderNames.RequestId] = call.Id.ToString();
        try
        {
            var refusal = RequestFraming.Check(context.Request)
                ?? identifier.Identify(call)
                ?? await quoter.ReadAsync(call)
                ?? identifier.Reidentify(call)
                ?? quoter.Quote(call)
                ?? await reserver.ReserveAsync(call);
            if (refusal is null)
                await ForwardAsync(call);
            else
                await settler.RefuseAsync(call, refusal);
        }
        finally
        {
            quoter.Return(call);
        }
    }

    private async Task ForwardAsync(Call call)
    {
        using var exchange = forwarder.Open(call);
        var ended = ForwarderError.RequestCanceled;
        NanoUsd cost;
        try
        {
            ended = await forwarder.SendAsync(call, exchange);
        }
        finally
        {
            cost = await settler.SettleAsync(call, exchange);
        }

        // Booked before the answer's end leaves: whoever has the answer finds it in the ledger.
        await AnswerWriter.FinishAsync(call, exchange, ended, cost);
    }
}
