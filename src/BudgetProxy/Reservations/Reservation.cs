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

    /// <summary>The tier that <see cref="Amount"/> was priced at.</summary>
    public ServiceTier Tier { get; init; }

    /// <summary>True where <see cref="Amount"/> has the regional surcharge in it.</summary>
    public bool Regional { get; init; }

    /// <summary>The tenant's markup in hundredths of a percent, fixed at reserve: charged = cost × (1 + this / 10,000).</summary>
    public int MarkupBasisPoints { get; init; }

    public bool Streamed { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it may stay open before it expires and is charged as Presumed.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>Every matching budget's share, enforced and shadow, in the tenant's order.</summary>
    public required IReadOnlyList<Hold> Holds { get; init; }
}
