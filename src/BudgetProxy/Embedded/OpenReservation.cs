using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>A reservation as the store keeps it: what its row holds, and its holds.</summary>
internal sealed class OpenReservation
{
    /// <summary>Of a standing one: what parts have left of it.</summary>
    public required ReservedCall Call { get; set; }

    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Of a standing one: only those beside its shares, where it counts as one call.</summary>
    public List<SlotHold> Holds { get; } = [];

    /// <summary>The holds that a standing reservation was made with, in their order; null = it is none.</summary>
    public List<StandingShare>? Shares { get; init; }

    /// <summary>The part of a standing one that must come next.</summary>
    public int NextPart { get; set; }

    /// <summary>The answer that was given, for a repeat; without details after the store has read its rows again.</summary>
    public ReserveOutcome Outcome { get; set; }

    public void Hold()
    {
        foreach (var hold in Holds)
            hold.Hold();
        Shares?.ForEach(static share => share.Hold());
    }

    public void Release()
    {
        foreach (var hold in Holds)
            hold.Release();
        Shares?.ForEach(static share => share.Release());
    }

    public bool IsHeldIn(BudgetCounters counters)
    {
        foreach (var hold in Holds)
        {
            if (hold.Slot.Owner == counters)
                return true;
        }

        if (Shares is null)
            return false;
        foreach (var share in Shares)
        {
            if (share.Slot?.Owner == counters)
                return true;
        }

        return false;
    }

    /// <summary>Takes a hold that it was asked for with.</summary>
    public void Take(in Hold hold, Slot slot)
    {
        var amount = Math.Clamp(hold.Amount, 0, NanoUsd.MaxLimit.Value);
        if (Shares is null)
        {
            Holds.Add(new SlotHold(slot, amount));
            return;
        }

        Shares.Add(new StandingShare
        {
            Key = slot.Owner.Key,
            Scope = slot.Scope,
            Start = slot.Start,
            Ends = slot.Ends,
            Amount = amount,
            Own = Call.CountsIn(hold.Budget, hold.ScopeValue),
            Slot = slot,
        });
    }

    public static OpenReservation From(Reservation reservation, DateTimeOffset now) => new()
    {
        Call = ReservedCall.Of(reservation, now),
        ExpiresAt = now + reservation.Lifetime,
        Shares = reservation.Standing ? [] : null,
    };
}
