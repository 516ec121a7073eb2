using System.Globalization;
using BudgetProxy.Admin;

namespace BudgetProxy.Billing;

/// <summary>Ledger, buckets and Stripe's own sums beside each other.</summary>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The day after the last.</param>
/// <param name="At">When it was made. Stripe's sums may have been read up to 5 minutes before.</param>
/// <param name="Items">Stripe customers and meters, ordered by tenant.</param>
/// <param name="Next">What to pass as <c>after</c> for the next page; null = this is the last.</param>
/// <param name="Totals">Of the items of this page on the meter of money.</param>
public sealed record ReconciliationDocument(
    string From, string To, string At, IReadOnlyList<ReconciledDocument> Items, string? Next, ReconciliationTotalsDocument Totals)
{
    public static ReconciliationDocument Of(ReconciliationSpan span, IReadOnlyList<Reconciled> rows, string? next, string moneyMeter, DateTimeOffset now) => new(
        Day(span.From), Day(span.To), Names.Of(now), [.. rows.Select(row => ReconciledDocument.Of(row, moneyMeter, now))], next,
        ReconciliationTotalsDocument.Of([.. rows.Where(row => row.Meter == moneyMeter).SelectMany(row => row.Days)]));

    private static string Day(DateTimeOffset day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
