using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Ledger;

/// <summary>One append-only record of what a call cost. Never edited: a correction is a new entry that names what it corrects.</summary>
public sealed record LedgerEntry
{
    public required Guid Id { get; init; }

    /// <summary>The call's <c>X-BudgetProxy-Request-Id</c>.</summary>
    public required Guid RequestId { get; init; }

    public required string Tenant { get; init; }

    public string? User { get; init; }

    public string? Project { get; init; }

    /// <summary>The virtual key's public id.</summary>
    public required string Key { get; init; }

    public string? Run { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    public required string Provider { get; init; }

    public required string Api { get; init; }

    public required string Model { get; init; }

    public string? ServedModel { get; init; }

    /// <summary>Id of the rate row; null = unpriced.</summary>
    public string? Rate { get; init; }

    public required UsageBasis Basis { get; init; }

    public required Usage Usage { get; init; }

    /// <summary>What the provider takes.</summary>
    public required NanoUsd Cost { get; init; }

    /// <summary>With the tenant's markup.</summary>
    public required NanoUsd Charged { get; init; }

    public required NanoUsd Reserved { get; init; }

    /// <summary>The part of the cost above the reservation; zero where it fitted.</summary>
    public required NanoUsd Overrun { get; init; }

    public bool Streamed { get; init; }

    /// <summary>HTTP status of the provider's answer; 0 = none came.</summary>
    public int Status { get; init; }

    /// <summary>True when the answer counted something under a name that no price is known for: it is in the cost at the dearest that is.</summary>
    public bool UnknownBucket { get; init; }

    /// <summary>When the call was reserved, on the store's clock: it decides the windows the entry counts in.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset SettledAt { get; init; }

    /// <summary>The tier that was billed; null = booked by a version that did not keep it, or not known.</summary>
    public ServiceTier? Tier { get; init; }

    /// <summary>Whether the regional surcharge was billed; null likewise.</summary>
    public bool? Regional { get; init; }

    /// <summary>The markup that <see cref="Charged"/> has on it, in hundredths of a percent; null = booked by a version that did not keep it.</summary>
    public int? MarkupBasisPoints { get; init; }

    /// <summary>
    /// True: taken from prepaid credit and never billed; a correction is what the entry is that it corrects. Null = made of what a version did not keep it in: whoever
    /// books it looks at how the tenant paid when entries began to keep it.
    /// </summary>
    public bool? Prepaid { get; init; }

    /// <summary>The entry that this one corrects; null for a first entry.</summary>
    public Guid? Adjusts { get; init; }

    /// <summary>Who made the call, as budgets see it.</summary>
    public Caller ToCaller() => new()
    {
        Tenant = Tenant,
        Key = Key,
        User = User,
        Project = Project,
        Run = Run,
        Tags = Tags,
        Prepaid = Prepaid,
    };
}
