using System.Text.Json.Nodes;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>Webhooks and the history of alerts.</summary>
internal static class AlertPages
{
    private const int Shown = 50;

    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapGet("/admin/alerts", door.Page(visit => ShowAsync(visit, null)));
        routes.MapPost("/admin/alerts/webhooks", door.Form(SaveAsync));
        routes.MapPost("/admin/alerts/webhooks/{name}/test", door.Form(TestAsync));
        routes.MapPost("/admin/alerts/webhooks/{name}/secret", door.Form(RenewAsync));
        routes.MapPost("/admin/alerts/webhooks/{name}/switch", door.Form(SwitchAsync));
        routes.MapPost("/admin/alerts/webhooks/{name}/delete", door.Form(DeleteAsync));
        routes.MapPost("/admin/alerts/deliveries/{name}/retry", door.Form(RetryAsync));
    }

    private static string Name(Visit visit) => Uri.EscapeDataString((string)visit.Http.GetRouteValue("name")!);

    private static string Api(Visit visit) => "/alerts/webhooks/" + Name(visit);

    private static async Task<IResult> ShowAsync(Visit visit, FormState? state, WebhookView? made = null, (string, DeliveryTestView)? tested = null) => visit.Show<AlertsPage>(
        new AlertsModel(
            await visit.ReadAsync<ListOf<WebhookView>>("/alerts/webhooks"), await visit.ReadAsync<ListOf<AlertView>>($"/alerts?limit={Shown}"),
            await visit.ReadAsync<ListOf<DeliveryView>>($"/alerts/deliveries?limit={Shown}")) { State = state, Made = made, Tested = tested },
        state?.Problem.Status ?? StatusCodes.Status200OK);

    private static async Task<IResult> SaveAsync(Visit visit, FormFields fields)
    {
        var name = fields["name"] ?? "";
        var body = new JsonObject { ["url"] = fields.Text("url"), ["events"] = fields.List("events"), ["tenants"] = fields.List("tenants"), ["enabled"] = true };
        var answer = await visit.SendAsync(HttpMethods.Put, "/alerts/webhooks/" + Uri.EscapeDataString(name.Length == 0 ? " " : name), body);
        if (!answer.IsSuccess)
            return await ShowAsync(visit, new FormState("webhook", null, fields, answer.Problem()));
        var made = answer.Read<WebhookView>();
        return made.Secret is null ? Visit.GoTo("/alerts", "webhook-saved") : await ShowAsync(visit, null, made);
    }

    private static async Task<IResult> TestAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Post, Api(visit) + "/test", new JsonObject());
        return answer.IsSuccess
            ? await ShowAsync(visit, null, tested: ((string)visit.Http.GetRouteValue("name")!, answer.Read<DeliveryTestView>()))
            : TenantPages.Gone(visit, answer.Problem());
    }

    private static async Task<IResult> RenewAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Post, Api(visit) + "/secret", new JsonObject());
        return answer.IsSuccess ? await ShowAsync(visit, null, answer.Read<WebhookView>()) : TenantPages.Gone(visit, answer.Problem());
    }

    /// <summary>Off or on; all else is sent as it stands.</summary>
    private static async Task<IResult> SwitchAsync(Visit visit, FormFields fields)
    {
        var all = await visit.ReadAsync<ListOf<WebhookView>>("/alerts/webhooks");
        if (all.Value?.Items.FirstOrDefault(one => Uri.EscapeDataString(one.Name) == Name(visit)) is not { } webhook)
            return TenantPages.Gone(visit, all.Problem ?? new Problem(null, null, null) { Status = StatusCodes.Status404NotFound });
        var body = new JsonObject
        {
            ["url"] = webhook.Url,
            ["events"] = new JsonArray([.. (webhook.Events ?? []).Select(kind => JsonValue.Create(kind))]),
            ["tenants"] = new JsonArray([.. (webhook.Tenants ?? []).Select(tenant => JsonValue.Create(tenant))]),
            ["enabled"] = !webhook.Enabled,
        };
        var answer = await visit.SendAsync(HttpMethods.Put, Api(visit), body);
        return answer.IsSuccess ? Visit.GoTo("/alerts", "webhook-saved") : TenantPages.Gone(visit, answer.Problem());
    }

    private static async Task<IResult> DeleteAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Delete, Api(visit), null);
        return answer.IsSuccess ? Visit.GoTo("/alerts", "webhook-deleted") : TenantPages.Gone(visit, answer.Problem());
    }

    private static async Task<IResult> RetryAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Post, $"/alerts/deliveries/{Name(visit)}/retry", new JsonObject());
        return answer.IsSuccess ? Visit.GoTo("/alerts") : TenantPages.Gone(visit, answer.Problem());
    }
}
