using BudgetProxy.Ledger;

namespace BudgetProxy.Insight;

/// <summary>Which tenants spend.</summary>
/// <param name="Month">What each has spent in this calendar month.</param>
/// <param name="Count">How many have spent in the calendar months that the days lie in.</param>
/// <param name="Days">Each day of those who may be the dearest of the days; one list a tenant, which is empty where it has spent nothing in them.</param>
internal sealed record OverviewSpenders(IReadOnlyList<UsageTotal> Month, int Count, IReadOnlyList<IReadOnlyList<UsageTotal>> Days);
