using System.Text.Json.Nodes;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>Making, editing, topping up, resetting and deleting a tenant's budget.</summary>
internal static class BudgetPages
{
    private const string Taken = "The tenant has a budget of this name already.";

    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapGet("/admin/tenants/{tenant}/new-budget", door.Page(visit => ShowAsync(visit, null, null)));
        routes.MapGet("/admin/tenants/{tenant}/budgets/{name}", door.Page(visit => ShowAsync(visit, Name(visit), null)));
        routes.MapPost("/admin/tenants/{tenant}/budgets", door.Form(SaveAsync));
        routes.MapPost("/admin/tenants/{tenant}/budgets/{name}/topup", door.Form(TopUpAsync));
        routes.MapPost("/admin/tenants/{tenant}/budgets/{name}/reset", door.Form((visit, fields) => ActAsync(visit, (HttpMethods.Post, "/reset"), new JsonObject(), fields["once"], "reset")));
        routes.MapPost("/admin/tenants/{tenant}/budgets/{name}/delete", door.Form((visit, _) => ActAsync(visit, (HttpMethods.Delete, ""), null, null, "budget-deleted")));
    }

    private static string Name(Visit visit) => (string)visit.Http.GetRouteValue("name")!;

    private static string Api(Visit visit, string name) => $"{TenantPages.Api(visit)}/budgets/{Uri.EscapeDataString(name)}";

    private static async Task<IResult> ShowAsync(Visit visit, string? name, FormState? state)
    {
        var tenant = await visit.GetAsync(TenantPages.Api(visit));
        if (!tenant.IsSuccess)
            return TenantPages.Gone(visit, tenant.Problem());
        if (name is null)
            return visit.Show<BudgetPage>(new BudgetModel(tenant.Read<TenantView>(), null, false, "", state), state?.Problem.Status ?? StatusCodes.Status200OK);
        var budget = await visit.GetAsync(Api(visit, name));
        if (!budget.IsSuccess)
            return TenantPages.Gone(visit, budget.Problem());
        // A refused form keeps the version it was filled from: who overwrites another's change must have seen it.
        var version = state?.Form == "budget" && state.Problem.Status != StatusCodes.Status412PreconditionFailed ? state.Fields["version"] ?? "" : budget.Version;
        var balance = (await visit.ReadAsync<BalanceView>(TenantPages.Api(visit) + "/balance")).Value;
        return visit.Show<BudgetPage>(
            new BudgetModel(tenant.Read<TenantView>(), budget.Read<BudgetView>(), balance?.Budget == name, version, state), state?.Problem.Status ?? StatusCodes.Status200OK);
    }

    private static async Task<IResult> SaveAsync(Visit visit, FormFields fields)
    {
        var old = fields["old"];
        var name = old ?? fields["name"] ?? "";
        var problem = name.Length == 0 ? Wrong("Is required.") : null;
        // Asked before too, since a budget of the tenant's plan is none that stands in the way of making one.
        if (problem is null && old is null && (await visit.GetAsync(Api(visit, name))).IsSuccess)
            problem = Wrong(Taken);
        if (problem is null)
        {
            var body = BudgetForm.Body(fields);
            var answer = old is null
                ? await visit.CreateAsync(Api(visit, name), body)
                : await visit.SendAsync(HttpMethods.Put, Api(visit, name), body, fields["version"]);
            if (answer.IsSuccess)
                return Visit.GoTo(TenantPages.Api(visit), "budget-saved");
            problem = old is null && answer.IsOtherwise ? Wrong(Taken) : answer.Problem();
        }

        return await ShowAsync(visit, old, new FormState("budget", old, fields, problem));
    }

    private static async Task<IResult> TopUpAsync(Visit visit, FormFields fields)
    {
        var body = new JsonObject { ["usd"] = fields.Text("usd") };
        if (fields["value"] is { } value)
            body["value"] = value;
        var answer = await visit.SendAsync(HttpMethods.Post, Api(visit, Name(visit)) + "/topup", body, once: fields["once"]);
        return answer.IsSuccess
            ? Visit.GoTo(TenantPages.Api(visit), "topped-up")
            : await ShowAsync(visit, Name(visit), new FormState("topup", Name(visit), fields, answer.Problem()));
    }

    private static async Task<IResult> ActAsync(Visit visit, (string Method, string Path) call, JsonNode? body, string? once, string done)
    {
        var answer = await visit.SendAsync(call.Method, Api(visit, Name(visit)) + call.Path, body, once: once);
        return answer.IsSuccess ? Visit.GoTo(TenantPages.Api(visit), done) : TenantPages.Gone(visit, answer.Problem());
    }

    private static Problem Wrong(string message) =>
        new("One field is not valid.", message, new Dictionary<string, string[]>(StringComparer.Ordinal) { ["name"] = [message] }) { Status = StatusCodes.Status400BadRequest };
}
