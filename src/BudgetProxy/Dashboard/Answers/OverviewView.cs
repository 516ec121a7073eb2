namespace BudgetProxy.Dashboard.Answers;

/// <summary>Spend, refusals and limits, of all tenants or of one.</summary>
public sealed record OverviewView(
    DateTimeOffset AsOf, int Days, SumsView Today, SumsView Month, decimal? BudgetedMonthUsd, IReadOnlyList<DayModelView>? Series,
    IReadOnlyList<DayTenantView>? TenantSeries, IReadOnlyList<HourView>? Hours, IReadOnlyList<TenantSpendView>? Tenants,
    IReadOnlyList<UserSpendView>? Users, IReadOnlyList<ModelSpendView>? Models, IReadOnlyList<RefusalView>? Refusals,
    IReadOnlyList<RefusalCodeView>? RefusalCodes, CacheView? Cache, EstimatesView? Estimates, IReadOnlyList<NearView>? Nearest);
