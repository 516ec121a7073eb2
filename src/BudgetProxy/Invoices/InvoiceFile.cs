using BudgetProxy.Core.Money;

namespace BudgetProxy.Invoices;

/// <summary>What a file of costs says, by day and item.</summary>
/// <param name="Rows">Rows that said something.</param>
/// <param name="Lines">By day and item, each once.</param>
internal sealed record InvoiceFile(DateOnly From, DateOnly To, long Rows, IReadOnlyList<InvoiceLine> Lines)
{
    public NanoUsd Cost
    {
        get
        {
            var sum = 0L;
            foreach (var line in Lines)
                sum = checked(sum + line.Cost.Value);
            return new NanoUsd(sum);
        }
    }
}
