using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Checks;

/// <summary>
/// Carries out what a row says is to become of its reservation. Whoever finds one in the middle goes on from there: the books take each end once, so it
/// does no harm that two are at it.
/// </summary>
public sealed class DirectBooks(IDirectReservationStore rows, IReservationStore store, ProxyMetrics metrics, TimeProvider clock)
{
    /// <summary>Books the settlement that the row names.</summary>
    /// <returns>False = the books know nothing of the reservation, so that there is nothing to settle.</returns>
    public async ValueTask<bool> SettleAsync(DirectReservation reservation, CancellationToken cancellationToken)
    {
        var settlement = reservation.Settlement!;
        var outcome = await store.SettleAsync(reservation.Tenant, reservation.Id, settlement.ToSettlement(), cancellationToken);
        if (outcome is SettleOutcome.Resolved or SettleOutcome.Adjusted)
            Count(reservation, settlement);
        if (outcome == SettleOutcome.Unknown)
        {
            // Nothing was booked, so nobody may read that it was.
            await rows.RemoveAsync(reservation.Id, DirectState.Settling, cancellationToken);
            return false;
        }

        await rows.MoveAsync(reservation.Id, DirectState.Settling, DirectState.Settled, null, null, clock.GetUtcNow(), cancellationToken);
        return true;
    }

    /// <summary>Gives the reservation back.</summary>
    /// <param name="forget">True where its client never heard of it: the row goes too.</param>
    public async ValueTask VoidAsync(DirectReservation reservation, bool forget, CancellationToken cancellationToken)
    {
        var outcome = await store.VoidAsync(reservation.Tenant, reservation.Id, cancellationToken);
        if (outcome is SettleOutcome.Resolved or SettleOutcome.Adjusted)
            metrics.CallVoided();
        if (forget)
            await rows.RemoveAsync(reservation.Id, DirectState.Voiding, cancellationToken);
        else
            await rows.MoveAsync(reservation.Id, DirectState.Voiding, DirectState.Voided, null, null, clock.GetUtcNow(), cancellationToken);
    }

    private void Count(DirectReservation reservation, DirectSettlement settlement)
    {
        metrics.CallSettled(UsageBasis.Reported, settlement.Usage, new NanoUsd(settlement.Cost));
        if (settlement.Cost > reservation.Definition.Amount)
            metrics.CallOverran(new NanoUsd(settlement.Cost - reservation.Definition.Amount));
    }
}
