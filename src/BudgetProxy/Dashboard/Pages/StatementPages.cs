using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>A tenant's statements: pages to print, and files. A deleted tenant's are found by its id on the exports page.</summary>
internal static class StatementPages
{
    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapGet("/admin/statements", door.Page(visit => Task.FromResult(Find(visit))));
        routes.MapGet("/admin/tenants/{tenant}/statements/{month}", door.Page(ShowAsync));
        routes.MapGet("/admin/tenants/{tenant}/statements/{month}/csv", door.Page(visit => DownloadAsync(visit, "")));
        routes.MapGet("/admin/tenants/{tenant}/statements/{month}/entries", door.Page(visit => DownloadAsync(visit, "&detail=entries")));
    }

    /// <summary>From the form of the exports page to the statement that it names.</summary>
    private static IResult Find(Visit visit)
    {
        var query = visit.Http.Request.Query;
        var (tenant, month) = (query["tenant"].ToString().Trim(), query["month"].ToString().Trim());
        if (tenant.Length == 0 || month.Length == 0)
            return TenantPages.Gone(visit, new Problem("A statement is of one tenant and one month.", "Go back and name both.", null) { Status = StatusCodes.Status400BadRequest });
        var path = $"/tenants/{Uri.EscapeDataString(tenant)}/statements/{Uri.EscapeDataString(month)}";
        return Visit.GoTo(query["as"].ToString() switch { "csv" => path + "/csv?for=us", "entries" => path + "/entries?for=us", "us" => path + "?for=us", _ => path });
    }

    private static async Task<IResult> ShowAsync(Visit visit)
    {
        var answer = await visit.GetAsync($"{Path(visit)}?format=html&for={For(visit)}");
        if (!answer.IsSuccess)
            return TenantPages.Gone(visit, answer.Problem());
        visit.Http.Response.Headers.ContentSecurityPolicy = answer.Policy;
        return Results.Bytes(answer.Body, "text/html; charset=utf-8");
    }

    private static async Task<IResult> DownloadAsync(Visit visit, string detail)
    {
        // A month of a tenant that is not there is said on a page, not in a file.
        var probe = await visit.GetAsync(Path(visit));
        if (!probe.IsSuccess)
            return TenantPages.Gone(visit, probe.Problem());
        var name = $"statement-{TenantPages.Tenant(visit)}-{Month(visit)}{(detail.Length == 0 ? "" : "-entries")}";
        return new Download(visit, $"{Path(visit)}?format=csv&for={For(visit)}{detail}", string.Concat(name.Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')) + ".csv");
    }

    private static string Month(Visit visit) => (string)visit.Http.GetRouteValue("month")!;

    private static string Path(Visit visit) => $"{TenantPages.Api(visit)}/statements/{Uri.EscapeDataString(Month(visit))}";

    private static string For(Visit visit) => visit.Http.Request.Query["for"].ToString() == "us" ? "us" : "customer";
}
