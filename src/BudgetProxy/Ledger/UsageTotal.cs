using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Ledger;

/// <summary>Totals of one group of entries; a group key that was not asked for is null.</summary>
/// <param name="Requests">Calls: first entries, corrections not counted; where only those were asked for, they.</param>
public sealed record UsageTotal(
    string? Tenant, string? User, string? Project, string? Key, string? Model, DateOnly? Day,
    long Requests, Usage Usage, NanoUsd Cost, NanoUsd Charged, NanoUsd Overrun)
{
    public string? Provider { get; init; }

    /// <summary>The hour's first instant, UTC.</summary>
    public DateTimeOffset? Hour { get; init; }

    /// <summary>What was reserved for the calls: a correction has no reservation of its own.</summary>
    public NanoUsd Reserved { get; init; }

    /// <summary>Entries that cost more than was reserved for them.</summary>
    public long Overruns { get; init; }

    /// <summary>What caching saved, as far as entries are rolled up: see the README of Insight.</summary>
    public NanoUsd CacheSaved { get; init; }
}
