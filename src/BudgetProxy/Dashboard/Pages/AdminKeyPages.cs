using System.Text.Json.Nodes;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>The keys to this dashboard and the admin API.</summary>
internal static class AdminKeyPages
{
    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapGet("/admin/keys", door.Page(visit => ShowAsync(visit, null, null)));
        routes.MapPost("/admin/keys", door.Form(IssueAsync));
        routes.MapPost("/admin/keys/{id}/delete", door.Form(DeleteAsync));
    }

    private static async Task<IResult> ShowAsync(Visit visit, FormState? state, AdminKeyView? issued) => visit.Show<AdminKeysPage>(
        new AdminKeysModel(await visit.ReadAsync<ListOf<AdminKeyView>>("/admin-keys?limit=1000"), state, issued),
        state?.Problem.Status ?? (issued is null ? StatusCodes.Status200OK : StatusCodes.Status201Created));

    private static async Task<IResult> IssueAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Post, "/admin-keys", new JsonObject { ["name"] = fields.Text("name"), ["role"] = fields.Text("role") });
        return answer.IsSuccess
            ? await ShowAsync(visit, null, answer.Read<AdminKeyView>())
            : await ShowAsync(visit, new FormState("adminkey", null, fields, answer.Problem()), null);
    }

    private static async Task<IResult> DeleteAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Delete, "/admin-keys/" + Uri.EscapeDataString((string)visit.Http.GetRouteValue("id")!), null);
        return answer.IsSuccess ? Visit.GoTo("/keys", "adminkey-deleted") : TenantPages.Gone(visit, answer.Problem());
    }
}
