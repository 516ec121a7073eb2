namespace BudgetProxy.Dashboard.Answers;

/// <summary>Invoices of a provider against the ledger.</summary>
/// <param name="UnmatchedUsd">Billed for what is no model of the rate card.</param>
/// <param name="MissingDays">Days that no invoice covers; in no sum.</param>
public sealed record ComparisonView(
    string Provider, DateOnly From, DateOnly To, ComparedView Totals, decimal UnmatchedUsd, IReadOnlyList<ComparedView> Models, IReadOnlyList<ComparedView> Lines,
    IReadOnlyList<DateOnly> MissingDays, IReadOnlyList<ComparedInvoiceView> Invoices);
