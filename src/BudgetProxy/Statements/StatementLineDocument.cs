using System.Text.Json.Serialization;

namespace BudgetProxy.Statements;

/// <summary>One model, user or project of a statement.</summary>
/// <param name="Provider">Only of models.</param>
/// <param name="Name">Null = calls that name none.</param>
public sealed record StatementLineDocument(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Provider, string? Name, StatementSumsDocument Sums)
{
    public static StatementLineDocument Of(StatementLine line, bool forUs) => new(line.Provider, line.Name, StatementSumsDocument.Of(line.Sums, forUs));
}
