using BudgetProxy.Core.Rates;

namespace BudgetProxy.Rates.Import;

/// <summary>What an import does about one model of its file.</summary>
/// <param name="Line">Where the model stands in the file, from 1.</param>
/// <param name="Name">As the file spells it.</param>
/// <param name="Reason">Why it is skipped or invalid; null = it is neither.</param>
/// <param name="Rate">The row that would be added; null = none.</param>
/// <param name="Prices">Figures that are new or change.</param>
/// <param name="Notes">What to know of how it was read.</param>
public sealed record ImportRow(
    int Line, string Name, ImportChange Change, string? Reason, Rate? Rate, IReadOnlyList<ImportedPrice> Prices, IReadOnlyList<string> Notes);
