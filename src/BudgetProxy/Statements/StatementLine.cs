namespace BudgetProxy.Statements;

/// <summary>What one model, user or project of a month comes to.</summary>
/// <param name="Provider">A model's provider; null for users and projects.</param>
/// <param name="Name">The model, user or project; null = calls that name none.</param>
public sealed record StatementLine(string? Provider, string? Name, StatementSums Sums)
{
    /// <summary>What the lines after the first <paramref name="shown"/> come to.</summary>
    public static StatementSums Rest(IReadOnlyList<StatementLine> lines, int shown) =>
        lines.Skip(shown).Aggregate(StatementSums.None, (sum, line) => StatementSums.Add(sum, line.Sums));
}
