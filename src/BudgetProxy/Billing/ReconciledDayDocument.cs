using System.Globalization;

namespace BudgetProxy.Billing;

/// <summary>A UTC day of a customer. Of a meter of units the figures in micro-dollars count its units, and those in USD are 0.</summary>
/// <param name="Day">Such as <c>2026-11-28</c>.</param>
/// <param name="LedgerUsd">What the ledger says was used, by settlement: what is charged, or the cost where the price at Stripe has the markup.</param>
/// <param name="BillableUsd">What was cut into buckets of that day's hours: the ledger's less what a plan includes, what is prepaid, and what is not cut yet.</param>
/// <param name="SentMicroUsd">The buckets that are sent, by the timestamps of their events.</param>
/// <param name="WaitingMicroUsd">Those that are not.</param>
/// <param name="StripeMicroUsd">What Stripe has, by the same timestamps; null = it was not read.</param>
/// <param name="DriftMicroUsd">What Stripe has more than was sent; null likewise.</param>
/// <param name="IsRecent">True: the day ended less than an hour ago, or has not; Stripe adds up late, so a difference may vanish by itself.</param>
/// <param name="Hours">Where the day differs, the hours that do.</param>
public sealed record ReconciledDayDocument(
    string Day, string LedgerUsd, string BillableUsd, long SentMicroUsd, long WaitingMicroUsd, decimal? StripeMicroUsd, decimal? DriftMicroUsd, bool IsRecent,
    IReadOnlyList<ReconciledHourDocument> Hours)
{
    public static ReconciledDayDocument Of(ReconciledDay day, DateTimeOffset now) => new(
        day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day.Ledger.ToString(), day.Billable.ToString(), day.Sent, day.Waiting,
        day.Stripe is { } stripe ? Plain(stripe) : null, day.Drift is { } drift ? Plain(drift) : null, now < day.Day.AddDays(1) + ReconciliationSpan.Lag, [.. day.Hours.Select(ReconciledHourDocument.Of)]);

    /// <summary>Without zeros at its end: Stripe writes whole numbers as 12.0.</summary>
    internal static decimal Plain(decimal number) => number / 1.0000000000000000000000000000m;
}
