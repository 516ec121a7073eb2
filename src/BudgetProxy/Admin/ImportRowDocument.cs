using BudgetProxy.Core.Requests;
using BudgetProxy.Rates.Import;

namespace BudgetProxy.Admin;

/// <summary>One model of an imported file.</summary>
/// <param name="Line">Where it stands in the file, from 1.</param>
/// <param name="Name">As the file spells it.</param>
/// <param name="Change"><c>new</c>, <c>changed</c>, <c>unchanged</c>, <c>skipped</c> or <c>invalid</c>.</param>
/// <param name="Reason">Why it is skipped or invalid.</param>
/// <param name="Prices">What is new or changes.</param>
/// <param name="Notes">What to know of how it was read.</param>
public sealed record ImportRowDocument(
    int Line, string Name, string? Provider, string? Model, string Change, string? Reason, IReadOnlyList<ImportPriceDocument> Prices, IReadOnlyList<string> Notes)
{
    internal static ImportRowDocument Of(ImportRow row) => new(
        row.Line, row.Name, row.Rate?.Provider.Name(), row.Rate?.Model, Names.Of(row.Change), row.Reason,
        [.. row.Prices.Select(price => new ImportPriceDocument(price.Name, price.Text(price.Old), price.Text(price.New), price.Ratio, price.Warning))], row.Notes);
}
