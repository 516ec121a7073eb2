namespace BudgetProxy.Dashboard.Answers;

/// <summary>A Stripe customer and meter.</summary>
public sealed record ReconciledView(
    string Tenant, IReadOnlyList<string> Tenants, string Customer, string Meter, string Unit, string? Problem, ReconciledTotalsView Totals, IReadOnlyList<ReconciledDayView> Days);
