using System.Globalization;
using BudgetProxy.Ledger;

namespace BudgetProxy.Admin;

/// <summary>Totals of one group. A group that was not asked for is null.</summary>
/// <param name="Requests">Calls; corrections of a call are in its sums, but count no further call.</param>
/// <param name="CostUsd">What the provider takes.</param>
/// <param name="ChargedUsd">With the tenant's markup.</param>
public sealed record UsageDocument(
    string? Tenant, string? User, string? Project, string? Key, string? Model, string? Day, long Requests, TokensDocument Tokens,
    string CostUsd, string ChargedUsd, string OverrunUsd)
{
    public static UsageDocument Of(UsageTotal total) => new(
        total.Tenant, total.User, total.Project, total.Key, total.Model, total.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        total.Requests, TokensDocument.Of(total.Usage), total.Cost.ToString(), total.Charged.ToString(), total.Overrun.ToString());
}
