using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="Invoices">Those that are shown, the one imported last first.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Upload">Why the last file was refused; null = none was.</param>
/// <param name="Provider">Whose that file was.</param>
/// <param name="Problem">Why the last change was refused.</param>
public sealed record InvoicesModel(Part<IReadOnlyList<InvoiceView>> Invoices, int Total, Problem? Upload, string? Provider, Problem? Problem);
