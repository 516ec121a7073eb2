using BudgetProxy.Admin;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using BudgetProxy.Tenants;

namespace BudgetProxy.Insight;

/// <summary>The list of tenants as an admin searches and sorts it, with what each has spent this calendar month (UTC).</summary>
public sealed class TenantList(MonthSpend spend, TenantDirectory directory, NearestBudgets nearest)
{
    /// <summary>The orders; a leading minus turns one round.</summary>
    public static readonly string[] Orders = ["id", "-id", "name", "-name", "spend", "-spend"];

    /// <param name="search">Part of an id or a name, in any case; null = all.</param>
    /// <param name="order">One of <see cref="Orders"/>.</param>
    /// <param name="after">The id of the last of the page before; null = from the first. One that is gone meanwhile begins where it would stand by id.</param>
    /// <exception cref="Reservations.StoreUnavailableException">The store can't be read.</exception>
    public async Task<TenantListDocument> PageAsync(string? search, string order, string? after, int limit, CancellationToken cancellationToken)
    {
        var found = directory.Current.Tenants.Where(tenant => Matches(tenant, search)).ToList();
        var spent = await spend.GetAsync(cancellationToken);
        Sort(found, order, spent);
        var first = after is null ? 0 : found.FindIndex(tenant => tenant.Id == after) + 1;
        if (first == 0 && after is not null)
            first = order == "id" ? found.Count(tenant => string.CompareOrdinal(tenant.Id, after) <= 0) : 0;
        var page = found.Skip(first).Take(limit).ToList();
        var shares = await nearest.TightestAsync([.. page.Select(tenant => tenant.Id)], cancellationToken);
        return new TenantListDocument(
            [.. page.Select(tenant => TenantDocument.Of(tenant) with
            {
                SpentMonthUsd = (spent.GetValueOrDefault(tenant.Id)?.Cost ?? NanoUsd.Zero).ToString(),
                RequestsMonth = spent.GetValueOrDefault(tenant.Id)?.Requests ?? 0,
                TightestShare = shares.TryGetValue(tenant.Id, out var share) ? share : null,
            })],
            first + limit < found.Count ? page[^1].Id : null,
            found.Count);
    }

    private static bool Matches(Tenant tenant, string? search) => search is null
        || tenant.Id.Contains(search, StringComparison.OrdinalIgnoreCase) || tenant.Name?.Contains(search, StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Ties by id, so that pages fit together.</summary>
    private static void Sort(List<Tenant> tenants, string order, IReadOnlyDictionary<string, UsageTotal> spent)
    {
        Comparison<Tenant> by = order.TrimStart('-') switch
        {
            "name" => (one, other) => string.Compare(one.Name ?? one.Id, other.Name ?? other.Id, StringComparison.OrdinalIgnoreCase),
            "spend" => (one, other) => CostOf(one).CompareTo(CostOf(other)),
            _ => (one, other) => string.CompareOrdinal(one.Id, other.Id),
        };
        var sign = order[0] == '-' ? -1 : 1;
        tenants.Sort((one, other) => sign * by(one, other) is var compared and not 0 ? compared : string.CompareOrdinal(one.Id, other.Id));

        long CostOf(Tenant tenant) => spent.GetValueOrDefault(tenant.Id)?.Cost.Value ?? 0;
    }
}
