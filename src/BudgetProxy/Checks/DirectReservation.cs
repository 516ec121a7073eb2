using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using BudgetProxy.Runs;

namespace BudgetProxy.Checks;

/// <summary>A reservation of code that calls its provider itself, as its row keeps it. The money is held by the store of reservations, under the same id.</summary>
public sealed record DirectReservation
{
    public required Guid Id { get; init; }

    public required string Tenant { get; init; }

    public required DirectState State { get; init; }

    /// <summary>Hash of the client's Idempotency-Key; null = it gave none.</summary>
    public string? RepeatKey { get; init; }

    /// <summary>Hash of what was asked.</summary>
    public required string Request { get; init; }

    public required DirectDefinition Definition { get; init; }

    /// <summary>What the client was answered; null = nothing yet.</summary>
    public string? Answer { get; init; }

    /// <summary>How it is settled; null = it is not, or was voided.</summary>
    public DirectSettlement? Settlement { get; init; }

    /// <summary>When <see cref="State"/> last changed.</summary>
    public required DateTimeOffset TouchedAt { get; init; }

    /// <summary>When it expires, by the clock of the proxy that made it.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>What holds it, against these budgets of the tenant.</summary>
    /// <param name="run">The run that it names, where that has a limit.</param>
    public Reservation ToReservation(IReadOnlyList<Budget> budgets, Run? run)
    {
        var reservation = Definition.ToReservation(Id, Tenant, budgets);
        if (run is null)
            return reservation;
        var holds = new List<Hold>(reservation.Holds);
        run.Join(holds, reservation.Amount);
        return reservation with { Holds = holds };
    }
}
