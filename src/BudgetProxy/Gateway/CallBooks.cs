using BudgetProxy.Alerts;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary>Books the end of a call in the store and in the metrics, now or later, and leaves a note for the alerts.</summary>
public sealed class CallBooks(IReservationStore store, ProxyMetrics metrics, CallSignals signals)
{
    /// <summary>A call was refused: nothing was sent, nothing is booked.</summary>
    public void Refuse(Call call, GatewayRefusal refusal)
    {
        signals.Refused(call.Tenant?.Id, refusal.Code, refusal.Budget);
        if (refusal.Code == Refusals.UnpricedModelCode)
            signals.Unpriced(new UnpricedModel(call.Tenant!.Id, call.Route.Provider.Name(), call.Request.Model, Refused: true));
        // What was not identified has no tenant, and what was not read no request.
        metrics.CallRefused(refusal.Code, call.Tenant?.Id, refusal.Budget?.Budget.Name, call.Request?.Model);
    }

    /// <summary>A call was booked: its counters may have come to where an alert rings.</summary>
    public void Note(Call call)
    {
        if (call.Reservation is { } reservation)
            signals.Spent(reservation.Holds);
        if (call.Unpriced)
            signals.Unpriced(new UnpricedModel(call.Tenant.Id, call.Route.Provider.Name(), call.Request.Model, Refused: false));
    }

    /// <param name="settlement">Null = void.</param>
    /// <param name="reserved">What was reserved: a cost above it is an overrun.</param>
    /// <returns>False = the store can't be written just now; nothing was booked.</returns>
    public async ValueTask<bool> TryBookAsync(string tenant, Guid id, Settlement? settlement, NanoUsd reserved)
    {
        try
        {
            if (settlement is null)
                await store.VoidAsync(tenant, id, CancellationToken.None);
            else
                await store.SettleAsync(tenant, id, settlement, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            metrics.StoreFailed();
            return false;
        }

        Count(settlement, reserved);
        return true;
    }

    private void Count(Settlement? settlement, NanoUsd reserved)
    {
        if (settlement is null)
        {
            metrics.CallVoided();
            return;
        }

        metrics.CallSettled(settlement.Basis, settlement.Usage, settlement.Cost);
        if (settlement.UnknownBucket)
            metrics.UnknownBucketSettled();
        if (settlement.Cost > reserved)
            metrics.CallOverran(settlement.Cost - reserved);
    }
}
