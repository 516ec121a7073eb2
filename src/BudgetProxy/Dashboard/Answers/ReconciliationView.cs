namespace BudgetProxy.Dashboard.Answers;

/// <summary>Ledger, buckets and Stripe's own sums beside each other.</summary>
public sealed record ReconciliationView(DateOnly From, DateOnly To, DateTimeOffset At, IReadOnlyList<ReconciledView> Items, string? Next, ReconciledTotalsView Totals);
