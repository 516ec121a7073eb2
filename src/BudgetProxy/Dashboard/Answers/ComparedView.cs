namespace BudgetProxy.Dashboard.Answers;

/// <summary>What a provider billed beside the ledger: of a model on a day, of a model, or of all.</summary>
/// <param name="Day">Null = of more than one.</param>
/// <param name="Model">Null = of all; empty = the file does not say.</param>
/// <param name="Matched">False = it is no model of the rate card.</param>
/// <param name="DifferenceUsd">Ledger − invoice.</param>
/// <param name="DifferencePercent">Of the invoice; null where that is 0.</param>
public sealed record ComparedView(
    DateOnly? Day, string? Model, bool? Matched, decimal InvoiceUsd, decimal LedgerUsd, decimal DifferenceUsd, decimal? DifferencePercent)
{
    /// <summary>The ledger has nothing of it.</summary>
    public bool IsBilledOnly => LedgerUsd == 0 && InvoiceUsd != 0;

    /// <summary>The invoice has nothing of it.</summary>
    public bool IsBookedOnly => InvoiceUsd == 0 && LedgerUsd != 0;

    /// <summary>Several lines as one.</summary>
    public static ComparedView Sum(IReadOnlyCollection<ComparedView> lines)
    {
        var (invoiced, booked) = (lines.Sum(line => line.InvoiceUsd), lines.Sum(line => line.LedgerUsd));
        return new ComparedView(null, null, null, invoiced, booked, booked - invoiced, invoiced == 0 ? null : 100 * (booked - invoiced) / invoiced);
    }
}
