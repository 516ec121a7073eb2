using System.Text.Json.Nodes;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>What can be done with a tenant's keys. A key just made is shown in the answer itself: it must not pass through an address.</summary>
internal static class KeyPages
{
    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapPost("/admin/tenants/{tenant}/keys", door.Form(IssueAsync));
        routes.MapPost("/admin/tenants/{tenant}/keys/{id}/rotate", door.Form(RotateAsync));
        routes.MapPost("/admin/tenants/{tenant}/keys/{id}/revoke", door.Form(RevokeAsync));
    }

    private static async Task<IResult> IssueAsync(Visit visit, FormFields fields)
    {
        var body = new JsonObject { ["name"] = fields.Text("name"), ["allowedModels"] = fields.List("allowedModels") };
        foreach (var name in (string[])["user", "project"])
        {
            if (fields[name] is { } text)
                body[name] = text;
        }

        if (fields["expiresAt"] is { } expires)
            body["expiresAt"] = Instant(expires);
        var answer = await visit.SendAsync(HttpMethods.Post, TenantPages.Api(visit) + "/keys", body);
        return answer.IsSuccess
            ? await TenantPages.ShowAsync(visit, issued: answer.Read<KeyView>())
            : await TenantPages.ShowAsync(visit, new FormState("key", null, fields, answer.Problem()));
    }

    private static async Task<IResult> RotateAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Post, Api(visit) + "/rotate", new JsonObject());
        return answer.IsSuccess ? await TenantPages.ShowAsync(visit, issued: answer.Read<KeyView>()) : TenantPages.Gone(visit, answer.Problem());
    }

    private static async Task<IResult> RevokeAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Delete, Api(visit), null);
        return answer.IsSuccess ? Visit.GoTo(TenantPages.Api(visit), "key-revoked") : TenantPages.Gone(visit, answer.Problem());
    }

    private static string Api(Visit visit) => $"{TenantPages.Api(visit)}/keys/{Uri.EscapeDataString((string)visit.Http.GetRouteValue("id")!)}";

    /// <summary>A browser's <c>2026-12-31T23:59</c> as RFC 3339 in UTC; anything else as it is, for the API to refuse.</summary>
    private static string Instant(string text) => text.Length switch { 16 => text + ":00Z", 19 => text + "Z", _ => text };
}
