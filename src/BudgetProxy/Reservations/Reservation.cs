using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Reservations;

/// <summary>
/// All holds of one call, and everything a ledger entry needs should the proxy never be heard of again. Made before the store is
/// asked, so that a repeat after a timeout is harmless.
/// </summary>
public sealed record Reservation
{
    /// <summary>UUIDv7; also the call's request id (<c>X-BudgetProxy-Request-Id</c>) and the id of its ledger entry.</summary>
    public required Guid Id { get; init; }

    public required Caller Caller { get; init; }

    public required Provider Provider { get; init; }

    public required ProviderApi Api { get; init; }

    /// <summary>The model as the caller asked for it.</summary>
    public required string Model { get; init; }

    /// <summary>Id of the rate row that priced it; null = unpriced and allowed.</summary>
    public string? Rate { get; init; }

    /// <summary>The worst case that is reserved, in money.</summary>
    public required NanoUsd Amount { get; init; }

    /// <summary>The worst case by bucket: the usage of a Presumed entry.</summary>
    public required Usage WorstUsage { get; init; }

    /// <summary>What budgets that admit by expectation hold of it, in money; null = it has no such budget.</summary>
    public NanoUsd? Expected { get; init; }

    /// <summary>The same in tokens.</summary>
    public long? ExpectedTokens { get; init; }

    /// <summary>The least that any budget holds of it, in money: a cost above it is an overrun.</summary>
    public NanoUsd Reserved => Expected ?? Amount;

    /// <summary>The tier that <see cref="Amount"/> was priced at; null = not said, or at several.</summary>
    public ServiceTier? Tier { get; init; }

    /// <summary>Whether <see cref="Amount"/> has the regional surcharge in it; null = not said.</summary>
    public bool? Regional { get; init; }

    /// <summary>The tenant's markup in hundredths of a percent, fixed at reserve: charged = cost × (1 + this / 10,000).</summary>
    public int MarkupBasisPoints { get; init; }

    public bool Streamed { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it may stay open before it expires and is charged as Presumed.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>
    /// True for a batch: not tied to the life of a proxy. Only the end of its lifetime, by the store's clock, charges what is left of it, not its owner's
    /// death or a restart. It ends line by line (<see cref="IReservationStore.SettlePartAsync"/>), and the rest by a void.
    /// </summary>
    public bool Standing { get; init; }

    /// <summary>
    /// Every matching budget's share, enforced and shadow, in the tenant's order. Of a standing reservation: what its lines hold, each counter once, by the
    /// lines' own callers and models; and one of 0 for each budget that matches the reservation's own caller and model but none of its lines, since what is
    /// presumed in the end is charged there. A hold of 0 of a standing reservation is never refused.
    /// </summary>
    public required IReadOnlyList<Hold> Holds { get; init; }
}
