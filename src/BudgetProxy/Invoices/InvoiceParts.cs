namespace BudgetProxy.Invoices;

/// <summary>What compares invoices with the ledger, among the services.</summary>
internal static class InvoiceParts
{
    public static IServiceCollection AddInvoices(this IServiceCollection services) => services.AddSingleton<InvoiceComparer>();
}
