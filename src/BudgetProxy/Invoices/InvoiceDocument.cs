using System.Globalization;
using System.Text.Json.Serialization;
using BudgetProxy.Admin;
using BudgetProxy.Core.Requests;

namespace BudgetProxy.Invoices;

/// <summary>An imported invoice as the admin API shows it.</summary>
/// <param name="From">The first day of UTC that it covers.</param>
/// <param name="To">The last.</param>
/// <param name="Rows">Rows of the file that said something.</param>
/// <param name="CostUsd">Of all of them.</param>
/// <param name="ImportedBy">Id of the admin key.</param>
public sealed record InvoiceDocument(string Id, string Provider, string From, string To, long Rows, string CostUsd, string ImportedAt, string ImportedBy)
{
    /// <summary>By day and item; only where one invoice is shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<InvoiceLineDocument>? Lines { get; init; }

    internal static InvoiceDocument Of(Invoice invoice) => new(
        invoice.Id, invoice.Provider.Name(), Text(invoice.From), Text(invoice.To), invoice.Rows, invoice.Cost.ToString(), Names.Of(invoice.ImportedAt), invoice.ImportedBy);

    internal static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
