using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>How the proxy and what it stands on are.</summary>
internal static class HealthPages
{
    public static void Map(IEndpointRouteBuilder routes, Door door) => routes.MapGet("/admin/health", door.Page(async visit =>
        visit.Show<HealthPage>(await visit.ReadAsync<HealthView>(visit.Http.Request.Query["providers"] == "true" ? "/health?providers=true" : "/health"))));
}
