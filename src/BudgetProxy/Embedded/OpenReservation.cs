using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>A reservation as the store keeps it: what its row holds, and its holds.</summary>
internal sealed class OpenReservation
{
    public required ReservedCall Call { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public List<SlotHold> Holds { get; } = [];

    /// <summary>The answer that was given, for a repeat; without details after the store has read its rows again.</summary>
    public ReserveOutcome Outcome { get; set; }

    public void Hold()
    {
        foreach (var hold in Holds)
            hold.Hold();
    }

    public void Release()
    {
        foreach (var hold in Holds)
            hold.Release();
    }

    public bool IsHeldIn(BudgetCounters counters)
    {
        foreach (var hold in Holds)
        {
            if (hold.Slot.Owner == counters)
                return true;
        }

        return false;
    }

    public static OpenReservation From(Reservation reservation, DateTimeOffset now) => new()
    {
        Call = ReservedCall.Of(reservation, now),
        ExpiresAt = now + reservation.Lifetime,
    };
}
