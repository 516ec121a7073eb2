using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Reservations;

/// <summary>What the books keep of a reserved call: with a <see cref="Settlement"/> it makes the ledger entry.</summary>
internal sealed record ReservedCall
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

    /// <summary>What was reserved, in money; zero where nothing could be.</summary>
    public required NanoUsd Amount { get; init; }

    public required int MarkupBasisPoints { get; init; }

    /// <summary>The tier that <see cref="Amount"/> was priced at; null = reserved by a version that did not keep it.</summary>
    public ServiceTier? Tier { get; init; }

    /// <summary>Whether the regional surcharge is in <see cref="Amount"/>; null likewise.</summary>
    public bool? Regional { get; init; }

    /// <param name="startedAt">On the store's clock.</param>
    public static ReservedCall Of(Reservation reservation, DateTimeOffset startedAt) => new()
    {
        Id = reservation.Id,
        Caller = reservation.Caller,
        Provider = reservation.Provider.Name(),
        Api = reservation.Api.Name(),
        Model = reservation.Model,
        Streamed = reservation.Streamed,
        StartedAt = startedAt,
        WorstUsage = Entries.Bounded(reservation.WorstUsage),
        Rate = reservation.Rate,
        Amount = Entries.Bounded(reservation.Amount),
        MarkupBasisPoints = reservation.MarkupBasisPoints,
        Tier = reservation.Tier,
        Regional = reservation.Regional,
    };
}
