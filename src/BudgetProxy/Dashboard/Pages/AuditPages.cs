using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>Who changed what.</summary>
internal static class AuditPages
{
    private const int PageSize = 50;

    public static void Map(IEndpointRouteBuilder routes, Door door) => routes.MapGet("/admin/audit", door.Page(ShowAsync));

    private static async Task<IResult> ShowAsync(Visit visit)
    {
        var query = visit.Http.Request.Query;
        var (tenant, action, after) = (Text("tenant"), Text("action"), Text("after"));
        var entries = await visit.ReadAsync<ListOf<AuditView>>($"/audit?limit={PageSize}{Part("tenant", tenant)}{Part("action", action)}{Part("after", after)}");
        return visit.Show<AuditPage>(new AuditModel(entries, tenant, action, after));

        string? Text(string name) => query[name].ToString().Trim() is { Length: > 0 } text ? text : null;
    }

    private static string Part(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
