namespace BudgetProxy.Invoices;

/// <summary>An invoice that a comparison took.</summary>
/// <param name="Days">How many days it was taken for.</param>
public sealed record ComparedInvoice(string Id, int Days);
