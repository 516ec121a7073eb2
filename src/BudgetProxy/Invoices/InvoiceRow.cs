namespace BudgetProxy.Invoices;

/// <summary>One row of a provider's file.</summary>
/// <param name="Item">See <see cref="InvoiceLine.Item"/>.</param>
/// <param name="Usd">Null = the row only says that there was nothing on that day.</param>
internal readonly record struct InvoiceRow(DateOnly Day, string Item, decimal? Usd);
