using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>Ledger, buckets and Stripe's own sums beside each other.</summary>
public sealed class Reconciliation(ReconciliationBooks books, Reconciler reconciler)
{
    public ReconciliationBooks Books => books;

    /// <summary>A page of customers, compared.</summary>
    /// <param name="tenant">Only this one's; null = all.</param>
    /// <param name="after">Only those that follow this tenant; null = from the first.</param>
    /// <param name="most">Tenants at most.</param>
    /// <returns>The rows, the tenant to go on after (null = these were the last), and what failed where Stripe as a whole does not answer.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The stores can't be read.</exception>
    public async Task<(IReadOnlyList<Reconciled> Rows, string? Next, StripeReply? Failed)> CompareAsync(
        string? tenant, ReconciliationSpan span, string? after, int most, CancellationToken cancellationToken)
    {
        var (known, next) = await books.ReadAsync(tenant, span, after, most, cancellationToken);
        var (rows, failed) = await reconciler.CompareAsync(known, span, cancellationToken);
        return (rows, next, failed);
    }
}
