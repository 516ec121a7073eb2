using BudgetProxy.Core.Metering;
using BudgetProxy.Core.Money;
using BudgetProxy.Forwarding;

namespace BudgetProxy.Gateway;

/// <summary>Settle or void: every reservation ends here exactly once, whatever happened to the client or the provider.</summary>
public sealed class CallSettler(CallBooks books, UnsettledCalls unsettled, CallMemory memory)
{
    /// <summary>Answers a call that goes no further: nothing was sent, nothing is booked.</summary>
    public Task RefuseAsync(Call call, GatewayRefusal refusal)
    {
        books.Refuse(call, refusal);
        return RefusalWriter.WriteAsync(call.Context, call.Route.Provider, refusal);
    }

    /// <summary>Books how the call ended. Never throws for the store's sake: what can't be booked now is booked by <see cref="UnsettledCalls"/>.</summary>
    /// <returns>What the provider takes; zero when the call is void.</returns>
    public async ValueTask<NanoUsd> SettleAsync(Call call, ProviderExchange exchange)
    {
        var reading = exchange.Meter is { } meter ? meter.Reading : ReadHeld(call, exchange);
        var ending = new CallEnding(exchange.Status, exchange.Dispatched, exchange.Meter is not null, exchange.Abandoned, reading);
        var settlement = SettlementRule.Decide(call, ending);
        memory.Learn(call, settlement);
        if (!await books.TryBookAsync(call.Tenant.Id, call.Id, settlement, call.Reserved))
            unsettled.Add(new UnsettledCall(call.Tenant.Id, call.Id, settlement, call.Reserved));
        else if (settlement is not null)
            books.Note(call);
        return settlement?.Cost ?? NanoUsd.Zero;
    }

    private static MeterReading ReadHeld(Call call, ProviderExchange exchange) =>
        exchange.Status == 0 ? default : AnswerMeter.Read(call.Route.Api!.Value, exchange.Answer.Held, call.Request.CacheWrite);
}
