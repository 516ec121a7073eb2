using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>A reservation as the store keeps it: what its row holds, and its holds.</summary>
internal sealed class OpenReservation
{
    public required Guid Id { get; init; }

    public required Caller Caller { get; init; }

    public required string Provider { get; init; }

    public required string Api { get; init; }

    public required string Model { get; init; }

    public required bool Streamed { get; init; }

    /// <summary>When the store took it: decides its windows.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public required Usage WorstUsage { get; init; }

    public required string? Rate { get; init; }

    public required NanoUsd Amount { get; init; }

    public required int MarkupBasisPoints { get; init; }

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
        Id = reservation.Id,
        Caller = reservation.Caller,
        Provider = reservation.Provider.Name(),
        Api = reservation.Api.Name(),
        Model = reservation.Model,
        Streamed = reservation.Streamed,
        StartedAt = now,
        WorstUsage = reservation.WorstUsage,
        Rate = reservation.Rate,
        Amount = Entries.Bounded(reservation.Amount),
        MarkupBasisPoints = reservation.MarkupBasisPoints,
        ExpiresAt = now + reservation.Lifetime,
    };
}
