namespace BudgetProxy.Dashboard.Answers;

/// <summary>A UTC day of a customer.</summary>
public sealed record ReconciledDayView(
    DateOnly Day, decimal LedgerUsd, decimal BillableUsd, decimal SentMicroUsd, decimal WaitingMicroUsd, decimal? StripeMicroUsd, decimal? DriftMicroUsd, bool IsRecent,
    IReadOnlyList<ReconciledHourView> Hours);
