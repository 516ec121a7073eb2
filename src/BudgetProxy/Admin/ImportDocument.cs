using BudgetProxy.Rates.Import;

namespace BudgetProxy.Admin;

/// <summary>What an import does, or would do.</summary>
/// <param name="Id">To send back with <c>apply=true</c>, so that what was shown is what is done.</param>
/// <param name="EffectiveFrom">When the rows begin; null = whenever they are applied.</param>
/// <param name="Warnings">Changes to look at twice; applying them takes <c>acceptWarnings=true</c>.</param>
public sealed record ImportDocument(
    string Id, bool Applied, string Format, string? EffectiveFrom, string Table, ImportTotals Totals, IReadOnlyList<string> Warnings,
    IReadOnlyList<ImportRowDocument> Models)
{
    internal static ImportDocument Of(ImportPlan plan, string format, DateTimeOffset? effectiveFrom, bool applied) => new(
        plan.Id, applied, format, effectiveFrom is { } from ? Names.Of(from) : null, plan.Basis.Card.Version, ImportTotals.Of(plan), [.. plan.Warnings],
        [.. plan.Rows.Select(ImportRowDocument.Of)]);
}
