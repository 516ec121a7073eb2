namespace BudgetProxy.Billing;

/// <summary>A Stripe customer and meter, day by day.</summary>
/// <param name="Tenant">Whose usage it is; the first where several tenants share the customer.</param>
/// <param name="Tenants">All of them.</param>
/// <param name="Meter">The meter's event name.</param>
/// <param name="Unit">What the meter counts: <c>microUsd</c> or <c>units</c>.</param>
/// <param name="Problem">What Stripe says of the customer in place of sums; null = nothing.</param>
public sealed record ReconciledDocument(
    string Tenant, IReadOnlyList<string> Tenants, string Customer, string Meter, string Unit, string? Problem, ReconciliationTotalsDocument Totals,
    IReadOnlyList<ReconciledDayDocument> Days)
{
    public static ReconciledDocument Of(Reconciled row, string moneyMeter, DateTimeOffset now) => new(
        row.Tenants[0], row.Tenants, row.Customer, row.Meter, row.Meter == moneyMeter ? "microUsd" : "units", row.Problem, ReconciliationTotalsDocument.Of(row.Days),
        [.. row.Days.Select(day => ReconciledDayDocument.Of(day, now))]);
}
