namespace BudgetProxy.Invoices;

/// <summary>Invoices of a provider against the ledger.</summary>
/// <param name="From">The first day asked for.</param>
/// <param name="To">The last.</param>
/// <param name="Lines">By day and model, of days that an invoice covers.</param>
/// <param name="Missing">Days asked for that none covers: not compared.</param>
/// <param name="Sources">The invoices that were taken, each with its days.</param>
internal sealed record Comparison(
    DateOnly From, DateOnly To, IReadOnlyList<ComparedLine> Lines, IReadOnlyList<DateOnly> Missing, IReadOnlyList<(Invoice Invoice, int Days)> Sources);
