namespace BudgetProxy.Dashboard.Answers;

/// <summary>Several days together; null = Stripe was not read.</summary>
public sealed record ReconciledTotalsView(
    decimal LedgerUsd, decimal BillableUsd, decimal SentMicroUsd, decimal WaitingMicroUsd, decimal? StripeMicroUsd, decimal? DriftMicroUsd, decimal? AbsoluteDriftMicroUsd, int DriftingDays);
