namespace BudgetProxy.Dashboard.Answers;

/// <summary>An hour that differs.</summary>
public sealed record ReconciledHourView(DateTimeOffset Hour, decimal SentMicroUsd, decimal StripeMicroUsd, decimal DriftMicroUsd, IReadOnlyList<ReconciledBucketView> Buckets);
