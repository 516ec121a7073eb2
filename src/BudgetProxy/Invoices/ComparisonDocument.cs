using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Invoices;

/// <summary>Invoices of a provider against the ledger: the error bar of what is billed on.</summary>
/// <param name="From">The first day of UTC that was asked for.</param>
/// <param name="To">The last.</param>
/// <param name="UnmatchedUsd">What the provider billed for items that are no model of the rate card; part of the totals.</param>
/// <param name="Models">By model.</param>
/// <param name="Lines">By day and model, of days that an invoice covers.</param>
/// <param name="MissingDays">Days that no invoice covers: they are not compared, and in no sum.</param>
/// <param name="Invoices">Those that were taken; of a day that several cover, the one imported last.</param>
public sealed record ComparisonDocument(
    string Provider, string From, string To, ComparedDocument Totals, string UnmatchedUsd, IReadOnlyList<ComparedDocument> Models,
    IReadOnlyList<ComparedDocument> Lines, IReadOnlyList<string> MissingDays, IReadOnlyList<ComparedInvoice> Invoices)
{
    internal static ComparisonDocument Of(Provider provider, Comparison comparison)
    {
        var unmatched = 0L;
        foreach (var line in comparison.Lines.Where(line => !line.IsKnown))
            unmatched += line.Invoiced.Value;
        return new ComparisonDocument(
            provider.Name(), InvoiceDocument.Text(comparison.From), InvoiceDocument.Text(comparison.To), ComparedDocument.Sum(comparison.Lines),
            new NanoUsd(unmatched).ToString(),
            [
                .. comparison.Lines.GroupBy(line => (line.Model, line.IsKnown)).OrderBy(model => model.Key.Model, StringComparer.Ordinal)
                    .Select(model => ComparedDocument.Sum(model) with { Model = model.Key.Model, Matched = model.Key.IsKnown }),
            ],
            [.. comparison.Lines.Select(ComparedDocument.Of)],
            [.. comparison.Missing.Select(InvoiceDocument.Text)],
            [.. comparison.Sources.Select(source => new ComparedInvoice(source.Invoice.Id, source.Days))]);
    }
}
