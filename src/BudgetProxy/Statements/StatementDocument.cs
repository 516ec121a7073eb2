using BudgetProxy.Admin;

namespace BudgetProxy.Statements;

/// <summary>A tenant's month as JSON.</summary>
/// <param name="Month">Such as <c>2026-11</c>, in UTC.</param>
/// <param name="From">Its first instant; it ends where <paramref name="To"/> begins.</param>
/// <param name="For"><c>customer</c> = without what the calls cost us; <c>us</c> = with it.</param>
/// <param name="SoFar">True where the month was not over.</param>
/// <param name="Total">Everything, corrections included: Σ <paramref name="Models"/> = Σ <paramref name="Users"/> = Σ <paramref name="Projects"/>.</param>
/// <param name="Corrections">Of the total, the entries that correct another.</param>
/// <param name="Billing">What becomes of what is charged; null = its amounts have no room in 64 bits.</param>
public sealed record StatementDocument(
    string Tenant, string? Name, string Month, string From, string To, string For, bool SoFar, string MadeAt, StatementSumsDocument Total,
    StatementSumsDocument Corrections, IReadOnlyList<StatementLineDocument> Models, IReadOnlyList<StatementLineDocument> Users,
    IReadOnlyList<StatementLineDocument> Projects, StatementBillingDocument? Billing)
{
    public static StatementDocument Of(Statement statement, bool forUs) => new(
        statement.Tenant, statement.Name, statement.Month.ToString(), Names.Of(statement.Month.From), Names.Of(statement.Month.To), forUs ? "us" : "customer",
        statement.SoFar, Names.Of(statement.MadeAt), StatementSumsDocument.Of(statement.Total, forUs), StatementSumsDocument.Of(statement.Corrections, forUs),
        [.. statement.Models.Select(line => StatementLineDocument.Of(line, forUs))], [.. statement.Users.Select(line => StatementLineDocument.Of(line, forUs))],
        [.. statement.Projects.Select(line => StatementLineDocument.Of(line, forUs))], statement.Billing is { } billing ? StatementBillingDocument.Of(billing, forUs) : null);
}
