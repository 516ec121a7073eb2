using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <param name="Days">How many the charts show.</param>
/// <param name="ByTenant">The large chart's colours: tenants, else models.</param>
public sealed record OverviewModel(Part<OverviewView> Overview, Part<LiveView> Live, int Days, bool ByTenant);
