using BudgetProxy.Billing;

namespace BudgetProxy.Statements;

/// <summary>What becomes of what is charged: the four amounts are all of it. USD to the nano-dollar.</summary>
/// <param name="BeforeUsd">Settled before the export to Stripe began: never billed.</param>
/// <param name="IncludedUsd">Free by the plan.</param>
/// <param name="PrepaidUsd">Taken from what was paid before.</param>
/// <param name="BillableUsd">The rest.</param>
/// <param name="Stripe">On its way to Stripe; null = the export is off, or what is sent is the cost and the statement is for the customer.</param>
public sealed record StatementBillingDocument(string BeforeUsd, string IncludedUsd, string PrepaidUsd, string BillableUsd, StatementStripeDocument? Stripe)
{
    public static StatementBillingDocument Of(BilledMonth month, bool forUs) => new(
        month.Before.ToString(), month.Included.ToString(), month.Prepaid.ToString(), month.Billable.ToString(),
        month.Buckets is { } buckets && (forUs || !buckets.IsCost) ? StatementStripeDocument.From(buckets) : null);
}
