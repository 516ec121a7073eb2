using BudgetProxy.Admin;
using BudgetProxy.Ledger;

namespace BudgetProxy.Statements;

/// <summary>One entry of a statement as the customer may see it: what was used and charged, and nothing of what it cost us.</summary>
/// <param name="RequestId">The call's <c>X-BudgetProxy-Request-Id</c>.</param>
/// <param name="Key">The virtual key's public id.</param>
/// <param name="Status">HTTP status of the provider's answer; 0 = none came.</param>
/// <param name="Adjusts">The entry that this one corrects.</param>
public sealed record StatementEntryDocument(
    Guid Id, Guid RequestId, string StartedAt, string SettledAt, string? User, string? Project, string Key, string? Run, IReadOnlyDictionary<string, string> Tags,
    string Provider, string Model, TokensDocument Tokens, string ChargedUsd, int Status, Guid? Adjusts)
{
    public static StatementEntryDocument Of(LedgerEntry entry) => new(
        entry.Id, entry.RequestId, Names.Of(entry.StartedAt), Names.Of(entry.SettledAt), entry.User, entry.Project, entry.Key, entry.Run,
        new Dictionary<string, string>(entry.Tags, StringComparer.Ordinal), entry.Provider, entry.Model, TokensDocument.Of(entry.Usage), entry.Charged.ToString(),
        entry.Status, entry.Adjusts);
}
