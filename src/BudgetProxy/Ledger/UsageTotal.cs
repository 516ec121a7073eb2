using BudgetProxy.Core.Money;
using BudgetProxy.Core.Tokens;

namespace BudgetProxy.Ledger;

/// <summary>Totals of one group of entries; a group key that was not asked for is null.</summary>
/// <param name="Requests">Calls: first entries, corrections not counted.</param>
public sealed record UsageTotal(
    string? Tenant, string? User, string? Project, string? Key, string? Model, DateOnly? Day,
    long Requests, Usage Usage, NanoUsd Cost, NanoUsd Charged, NanoUsd Overrun);
