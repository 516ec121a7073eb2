using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Stripe;
using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>Our side of a reconciliation: ledger and buckets, by Stripe customer, meter and day.</summary>
public sealed class ReconciliationBooks(IBillingStore store, ILedger ledger, TenantDirectory directory, StripeOptions options)
{
    private const string Bookmark = "billing-reconciled";

    /// <summary>The event name of the meter of money.</summary>
    public string MoneyMeter => options.MeterEventName;

    /// <summary>The last day up to which all was compared, as <see cref="MarkDoneAsync"/> was told; null = none.</summary>
    public ValueTask<string?> DoneAsync(CancellationToken cancellationToken) => ledger.BookmarkAsync(Bookmark, cancellationToken);

    public ValueTask MarkDoneAsync(string day, CancellationToken cancellationToken) => ledger.MoveBookmarkAsync(Bookmark, day, cancellationToken);

    /// <summary>Customers to which anything of the span was sent, or waits to be, ordered by their first tenant. What is of tenants that are linked to no customer is left out.</summary>
    /// <param name="tenant">Only this one's, with those that share its customer; null = all.</param>
    /// <param name="after">Only those whose first tenant follows this one; null = from the first.</param>
    /// <param name="most">Tenants at most.</param>
    /// <returns>The rows, none of whose sums of Stripe is read, and the tenant to go on after; null = these were the last.</returns>
    /// <exception cref="Reservations.StoreUnavailableException">The stores can't be read.</exception>
    public async Task<(IReadOnlyList<Reconciled> Rows, string? Next)> ReadAsync(
        string? tenant, ReconciliationSpan span, string? after, int most, CancellationToken cancellationToken)
    {
        var groups = (await StampedAsync(tenant, span, cancellationToken))
            .GroupBy(sum => (sum.Customer, sum.Meter))
            .Select(group => (group.Key.Customer, group.Key.Meter, Tenants: (IReadOnlyList<string>)[.. group.Select(sum => sum.Tenant).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], Sums: group.ToList()))
            .Where(group => after is null || string.CompareOrdinal(group.Tenants[0], after) > 0)
            .OrderBy(group => group.Tenants[0], StringComparer.Ordinal).ThenBy(group => group.Customer, StringComparer.Ordinal).ThenBy(group => group.Meter, StringComparer.Ordinal)
            .ToList();
        var page = groups.Select(group => group.Tenants[0]).Distinct(StringComparer.Ordinal).Take(most).ToHashSet(StringComparer.Ordinal);
        var shown = groups.Where(group => page.Contains(group.Tenants[0])).ToList();
        var used = await UsedAsync([.. shown.SelectMany(group => group.Tenants).Distinct(StringComparer.Ordinal)], span, cancellationToken);
        var rows = shown.ConvertAll(group => new Reconciled(
            group.Tenants, group.Customer!, group.Meter, [.. span.Days.Select(day => Day(group.Tenants, group.Meter, day, group.Sums, used))]));
        return (rows, shown.Count < groups.Count ? shown[^1].Tenants[0] : null);
    }

    /// <summary>Sums with a customer each: the one that they were sent for, else the one that the tenant is linked to.</summary>
    private async Task<List<StampedSum>> StampedAsync(string? tenant, ReconciliationSpan span, CancellationToken cancellationToken)
    {
        var sums = Linked(await store.StampedAsync(span, tenant, null, cancellationToken));
        if (tenant is null)
            return sums;
        // Stripe's sum of a customer is of all who share it.
        foreach (var customer in sums.Select(sum => sum.Customer!).Distinct(StringComparer.Ordinal).ToList())
            sums.AddRange((await store.StampedAsync(span, null, customer, cancellationToken)).Where(sum => sum.Tenant != tenant));
        return sums;
    }

    private List<StampedSum> Linked(IReadOnlyList<StampedSum> sums)
    {
        var snapshot = directory.Current;
        return [.. sums.Select(sum => sum.Customer is null ? sum with { Customer = snapshot.FindTenant(sum.Tenant)?.StripeCustomerId } : sum).Where(sum => !string.IsNullOrEmpty(sum.Customer))];
    }

    private async Task<Dictionary<(string Tenant, DateTimeOffset Day), (NanoUsd Ledger, NanoUsd Billable)>> UsedAsync(
        IReadOnlyList<string> tenants, ReconciliationSpan span, CancellationToken cancellationToken)
    {
        var used = new Dictionary<(string, DateTimeOffset), (NanoUsd Ledger, NanoUsd Billable)>();
        var totals = await ledger.TotalsAsync([.. tenants.Select(tenant => new UsageQuestion(new LedgerFilter(tenant, From: span.From, To: span.To), UsageGroups.Day))], cancellationToken);
        for (var i = 0; i < tenants.Count; i++)
        {
            foreach (var total in totals[i])
                used[(tenants[i], new DateTimeOffset(total.Day!.Value, TimeOnly.MinValue, TimeSpan.Zero))] = (options.Markup == MarkupPlace.Price ? total.Cost : total.Charged, NanoUsd.Zero);
            foreach (var sum in await store.SumsAsync(new BucketSumQuestion(tenants[i], options.MeterEventName, span.From, span.To), cancellationToken))
                used[(sum.Tenant, sum.Day)] = (used.GetValueOrDefault((sum.Tenant, sum.Day)).Ledger, sum.Amount);
        }

        return used;
    }

    private ReconciledDay Day(
        IReadOnlyList<string> tenants, string meter, DateTimeOffset day, List<StampedSum> sums, Dictionary<(string, DateTimeOffset), (NanoUsd Ledger, NanoUsd Billable)> used)
    {
        var own = meter == options.MeterEventName ? tenants.Select(tenant => used.GetValueOrDefault((tenant, day))).ToList() : [];
        var stamped = sums.Where(sum => sum.Day == day).ToList();
        return new ReconciledDay(day)
        {
            Ledger = own.Aggregate(NanoUsd.Zero, (sum, one) => NanoUsd.Cut((Int128)sum.Value + one.Ledger.Value)),
            Billable = own.Aggregate(NanoUsd.Zero, (sum, one) => NanoUsd.Cut((Int128)sum.Value + one.Billable.Value)),
            Sent = stamped.Sum(sum => sum.Sent),
            Waiting = stamped.Sum(sum => sum.Waiting),
        };
    }
}
