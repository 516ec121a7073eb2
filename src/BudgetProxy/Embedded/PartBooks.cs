using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>Ends standing reservations part by part, in the writer's transaction.</summary>
internal sealed class PartBooks(SqliteSession session, StoreClock clock, BudgetBooks budgets, ReservationTable rows, LedgerTable ledger)
{
    /// <summary>What a part does to a reservation that is open, or was charged as presumed.</summary>
    /// <exception cref="ArgumentException">It is none that this reservation can have; nothing was done.</exception>
    public SettleOutcome Settle(string tenant, Guid id, PartSettlement part)
    {
        var now = clock.Now();
        // First: what is counted only now is counted without the part, and gives the reservation its holds.
        var present = budgets.Present(tenant, part.Budgets);
        foreach (var budget in present)
            budgets.CountersOf(budget, now);
        var open = budgets.Open.TryGetValue(id, out var reservation);
        if (!open)
            reservation = rows.FindPresumed(id);
        if (reservation?.Shares is not { } shares || reservation.Call.Caller.Tenant != tenant)
            return SettleOutcome.Unknown;
        PartSettlement.Check(part, tenant, shares.Count);
        if (part.Part != reservation.NextPart)
            return part.Part < reservation.NextPart ? SettleOutcome.AlreadyResolved : SettleOutcome.OutOfOrder;

        session.Begin();
        foreach (var line in part.Entries)
            Book(Entries.OfPart(line, reservation.Call, now), present, now);
        var before = reservation.Call;
        if (open)
            reservation.Release();
        Shrink(reservation, part);
        if (open)
            reservation.Hold();
        if (!open && Entries.TakingBack(before, reservation.Call, part.Part, now) is { } taken && ledger.Append(taken))
            budgets.Spend(reservation, taken);
        reservation.NextPart++;
        rows.SaveRest(reservation);
        return open ? SettleOutcome.Resolved : SettleOutcome.Adjusted;
    }

    private void Book(LedgerEntry entry, List<Budget> present, DateTimeOffset now)
    {
        if (!ledger.Append(entry))
            return;
        foreach (var budget in present)
            budgets.Spend(budget, entry, now);
    }

    /// <summary>Takes off what the part releases: by hold where the reservation was made with it, as of one call elsewhere.</summary>
    private static void Shrink(OpenReservation reservation, PartSettlement part)
    {
        var before = reservation.Call;
        reservation.Call = before.Without(part.Released, part.ReleasedUsage);
        var after = reservation.Call;
        for (var i = 0; i < part.Shares.Count; i++)
        {
            var share = reservation.Shares![i];
            share.Amount = ReservedCall.Rest(share.Amount, part.Shares[i]);
        }

        for (var i = 0; i < reservation.Holds.Count; i++)
        {
            // As one call it holds to its end.
            var hold = reservation.Holds[i];
            var kind = hold.Slot.Owner.Kind;
            if (kind != LimitKind.Requests)
                reservation.Holds[i] = hold with { Amount = ReservedCall.Rest(hold.Amount, before.AskedOf(kind) - after.AskedOf(kind)) };
        }
    }
}
