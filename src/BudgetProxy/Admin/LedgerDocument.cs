using BudgetProxy.Ledger;

namespace BudgetProxy.Admin;

/// <summary>One ledger entry as it is exported.</summary>
/// <param name="RequestId">The call's <c>X-BudgetProxy-Request-Id</c>.</param>
/// <param name="Key">The virtual key's public id.</param>
/// <param name="Rate">Id of the rate row; null = unpriced.</param>
/// <param name="CostUsd">What the provider takes.</param>
/// <param name="ChargedUsd">With the tenant's markup.</param>
/// <param name="OverrunUsd">The part of the cost above the reservation.</param>
/// <param name="Status">HTTP status of the provider's answer; 0 = none came.</param>
/// <param name="Adjusts">The entry that this one corrects.</param>
/// <param name="Tier">The service tier that was billed; null = not kept.</param>
/// <param name="Regional">Whether the regional surcharge was billed; null = not kept.</param>
/// <param name="UnknownBucket">True when the answer counted something that no price is known for: charged at the dearest that is.</param>
public sealed record LedgerDocument(
    Guid Id, Guid RequestId, string Tenant, string? User, string? Project, string Key, string? Run, IReadOnlyDictionary<string, string> Tags,
    string Provider, string Api, string Model, string? ServedModel, string? Rate, string Basis, TokensDocument Tokens, string CostUsd,
    string ChargedUsd, string ReservedUsd, string OverrunUsd, bool Streamed, int Status, string StartedAt, string SettledAt, Guid? Adjusts,
    string? Tier, bool? Regional, bool UnknownBucket)
{
    public static LedgerDocument Of(LedgerEntry entry) => new(
        entry.Id, entry.RequestId, entry.Tenant, entry.User, entry.Project, entry.Key, entry.Run,
        new Dictionary<string, string>(entry.Tags, StringComparer.Ordinal),
        entry.Provider, entry.Api, entry.Model, entry.ServedModel, entry.Rate, Names.Of(entry.Basis), TokensDocument.Of(entry.Usage),
        entry.Cost.ToString(), entry.Charged.ToString(), entry.Reserved.ToString(), entry.Overrun.ToString(),
        entry.Streamed, entry.Status, Names.Of(entry.StartedAt), Names.Of(entry.SettledAt), entry.Adjusts,
        entry.Tier is { } tier ? Names.Of(tier) : null, entry.Regional, entry.UnknownBucket);
}
