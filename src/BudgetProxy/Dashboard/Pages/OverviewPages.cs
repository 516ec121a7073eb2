using BudgetProxy.Dashboard.Answers;
using BudgetProxy.Dashboard.Parts;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>The first page.</summary>
internal static class OverviewPages
{
    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapGet("/admin", door.Page(ShowAsync));
        routes.MapGet("/admin/live", door.Fragment(async visit => visit.Show<LiveStrip>(await visit.ReadAsync<LiveView>("/live"))));
    }

    /// <summary>What a query says of the days to show: 7, 30 or 90.</summary>
    public static int Days(HttpContext http) => http.Request.Query["days"].ToString() switch { "7" => 7, "90" => 90, _ => 30 };

    private static async Task<IResult> ShowAsync(Visit visit)
    {
        var days = Days(visit.Http);
        return visit.Show<OverviewPage>(new OverviewModel(
            await visit.ReadAsync<OverviewView>($"/overview?days={days}"), await visit.ReadAsync<LiveView>("/live"), days, visit.Http.Request.Query["by"] == "tenant"));
    }
}
