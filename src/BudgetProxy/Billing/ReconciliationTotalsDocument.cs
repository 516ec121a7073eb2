using BudgetProxy.Core.Money;

namespace BudgetProxy.Billing;

/// <summary>Several days together. <c>StripeMicroUsd</c> and <c>DriftMicroUsd</c> are null where some of them were not read.</summary>
/// <param name="DriftMicroUsd">Differences of both signs cancel here.</param>
/// <param name="AbsoluteDriftMicroUsd">The differences whatever their signs.</param>
/// <param name="DriftingDays">How many days differ.</param>
public sealed record ReconciliationTotalsDocument(
    string LedgerUsd, string BillableUsd, long SentMicroUsd, long WaitingMicroUsd, decimal? StripeMicroUsd, decimal? DriftMicroUsd, decimal? AbsoluteDriftMicroUsd, int DriftingDays)
{
    public static ReconciliationTotalsDocument Of(IReadOnlyList<ReconciledDay> days)
    {
        var read = days.All(day => day.Stripe is not null);
        return new ReconciliationTotalsDocument(
            Sum(days, day => day.Ledger), Sum(days, day => day.Billable),
            days.Sum(day => day.Sent), days.Sum(day => day.Waiting), read ? ReconciledDayDocument.Plain(days.Sum(day => day.Stripe!.Value)) : null,
            read ? ReconciledDayDocument.Plain(days.Sum(day => day.Drift!.Value)) : null, read ? ReconciledDayDocument.Plain(days.Sum(day => Math.Abs(day.Drift!.Value))) : null,
            days.Count(day => day.Drift is { } drift && drift != 0));
    }

    private static string Sum(IReadOnlyList<ReconciledDay> days, Func<ReconciledDay, NanoUsd> amount) =>
        days.Aggregate(NanoUsd.Zero, (sum, day) => NanoUsd.Cut((Int128)sum.Value + amount(day).Value)).ToString();
}
