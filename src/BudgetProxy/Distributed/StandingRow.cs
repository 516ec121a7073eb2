using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed;

/// <summary>A standing reservation as Postgres keeps it.</summary>
internal sealed record StandingRow
{
    public required Guid Id { get; init; }

    public required string Tenant { get; init; }

    public required int Shard { get; init; }

    public required StandingState State { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When what is left is charged as presumed.</summary>
    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>The part that comes next: the entries of those before it are in the ledger.</summary>
    public int NextPart { get; init; }

    /// <summary>What is left of it once those parts have ended.</summary>
    public required ReservedCall Call { get; init; }

    public required IReadOnlyList<StandingHold> Holds { get; init; }

    /// <param name="startedAt">On the counters' clock.</param>
    public static StandingRow Of(Reservation reservation, int shard, DateTimeOffset startedAt)
    {
        var call = ReservedCall.Of(reservation, startedAt);
        return new StandingRow
        {
            Id = reservation.Id,
            Tenant = reservation.Caller.Tenant,
            Shard = shard,
            State = StandingState.Asked,
            StartedAt = startedAt,
            EndsAt = startedAt + reservation.Lifetime,
            Call = call,
            Holds = [.. reservation.Holds.Select(hold => StandingHold.Of(hold, call))],
        };
    }

    /// <summary>The row once its next part has ended.</summary>
    public StandingRow After(PartSettlement part) => this with
    {
        NextPart = NextPart + 1,
        Call = Call.Without(part.Released, part.ReleasedUsage),
        Holds = [.. Holds.Zip(part.Shares, (hold, share) => hold with { Amount = ReservedCall.Rest(hold.Amount, share) })],
    };
}
