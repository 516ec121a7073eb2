namespace BudgetProxy.Invoices;

/// <summary>A line of an invoice.</summary>
/// <param name="Item">What was billed, in the provider's words; empty = the file does not say.</param>
/// <param name="Model">The model of the rate card that it means; null = none.</param>
public sealed record InvoiceLineDocument(string Day, string Item, string? Model, string CostUsd)
{
    internal static InvoiceLineDocument Of(InvoiceLine line, InvoiceModels models) =>
        new(InvoiceDocument.Text(line.Day), line.Item, models.Find(line.Item, line.Day), line.Cost.ToString());
}
