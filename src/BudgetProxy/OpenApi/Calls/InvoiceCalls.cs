namespace BudgetProxy.OpenApi.Calls;

/// <summary>What providers billed.</summary>
internal static class InvoiceCalls
{
    public static readonly Dictionary<string, CallText> All = new(StringComparer.Ordinal)
    {
        ["POST /invoices/{id}"] = new(
            "importInvoice", "Imports a provider's export of costs (id: openai or anthropic; CSV, 64 MiB at most), whole or not at all; the same file again is the same import.", "InvoiceFile")
        {
            BodyTypes = ["text/csv"],
        },
        ["GET /invoices"] = new("listInvoices", "Imported invoices, by the days that they cover.", null, "provider", "limit", "after"),
        ["GET /invoices/{id}"] = new("getInvoice", "One invoice with its lines, and the model of the rate card that each means."),
        ["DELETE /invoices/{id}"] = new("deleteInvoice", "Forgets an invoice; its file can be imported again."),
        ["GET /invoices/comparison"] = new(
            "compareInvoices", "What a provider billed and what the ledger says, by day and model, with the difference.", null, "provider", "invoices.from", "invoices.to", "usage.format")
        {
            Texts = ["text/csv"],
        },
    };
}
