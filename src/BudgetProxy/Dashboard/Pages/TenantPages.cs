using System.Text.Json.Nodes;
using BudgetProxy.Dashboard.Answers;
using BudgetProxy.Dashboard.Parts;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>The list of tenants, and one tenant with all that is its.</summary>
internal static class TenantPages
{
    private const int PageSize = 50;
    private const int CallsShown = 20;
    private const int StatementsShown = 12;

    private static readonly string[] Sorts = ["id", "-id", "name", "-name", "spend", "-spend"];

    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapGet("/admin/tenants", door.Page(visit => ListAsync(visit, null)));
        routes.MapPost("/admin/tenants", door.Form(CreateAsync));
        routes.MapGet("/admin/tenants/{tenant}", door.Page(visit => ShowAsync(visit)));
        routes.MapPost("/admin/tenants/{tenant}", door.Form(SaveAsync));
        routes.MapPost("/admin/tenants/{tenant}/suspend", door.Form((visit, _) => SuspendAsync(visit, true)));
        routes.MapPost("/admin/tenants/{tenant}/resume", door.Form((visit, _) => SuspendAsync(visit, false)));
        routes.MapPost("/admin/tenants/{tenant}/delete", door.Form(DeleteAsync));
        routes.MapGet("/admin/tenants/{tenant}/budgets", door.Fragment(async visit =>
            visit.Show<BudgetCards>(new BudgetsModel(Tenant(visit), await visit.ReadAsync<ListOf<BudgetView>>(Api(visit) + "/budgets")))));
    }

    /// <summary>The tenant of the path.</summary>
    public static string Tenant(Visit visit) => (string)visit.Http.GetRouteValue("tenant")!;

    /// <summary>The tenant's path in the admin API, which below <c>/admin</c> is its page's too.</summary>
    public static string Api(Visit visit) => "/tenants/" + Uri.EscapeDataString(Tenant(visit));

    /// <summary>The tenant's page, where a form of it was refused or a key was made.</summary>
    public static async Task<IResult> ShowAsync(Visit visit, FormState? state = null, KeyView? issued = null)
    {
        var api = Api(visit);
        var answer = await visit.GetAsync(api);
        if (!answer.IsSuccess)
            return Gone(visit, answer.Problem());
        var days = OverviewPages.Days(visit.Http);
        var id = Uri.EscapeDataString(Tenant(visit));
        var model = new TenantModel(answer.Read<TenantView>(), answer.Version)
        {
            Budgets = await visit.ReadAsync<ListOf<BudgetView>>(api + "/budgets"),
            Balance = await visit.ReadAsync<BalanceView>(api + "/balance"),
            Keys = await visit.ReadAsync<ListOf<KeyView>>(api + "/keys"),
            Overview = await visit.ReadAsync<OverviewView>($"{api}/overview?days={days}"),
            Calls = await visit.ReadAsync<ListOf<CallView>>($"/calls?tenant={id}&limit={CallsShown}"),
            Rates = await visit.ReadAsync<ListOf<RateView>>($"/rates?tenant={id}"),
            Statements = await visit.ReadAsync<ListOf<StatementMonthView>>($"{api}/statements?limit={StatementsShown}"),
            Plans = visit.Frame.MayEdit ? await PlanPages.NamesAsync(visit) : [],
            Days = days,
            State = state,
            Issued = issued,
        };
        return visit.Show<TenantPage>(model, state?.Problem.Status ?? (issued is null ? StatusCodes.Status200OK : StatusCodes.Status201Created));
    }

    /// <summary>What there is to say where a thing can't be shown at all.</summary>
    public static IResult Gone(Visit visit, Problem problem) => visit.Show<MessagePage>(
        new MessageModel(problem.IsMissing ? "There is no such page" : problem.Title ?? "Something went wrong", problem.IsMissing ? "It may have been deleted." : problem.Detail ?? "Try again in a moment."),
        problem.Status);

    private static async Task<IResult> ListAsync(Visit visit, FormState? state)
    {
        var query = visit.Http.Request.Query;
        var search = query["search"].ToString().Trim() is { Length: > 0 } text ? text : null;
        var sort = Sorts.Contains(query["sort"].ToString()) ? query["sort"].ToString() : "id";
        var after = query["after"].ToString() is { Length: > 0 } given ? given : null;
        var tenants = await visit.ReadAsync<ListOf<TenantView>>(
            $"/tenants?limit={PageSize}&sort={sort}{(search is null ? "" : "&search=" + Uri.EscapeDataString(search))}{(after is null ? "" : "&after=" + Uri.EscapeDataString(after))}");
        return visit.Show<TenantsPage>(
            new TenantsModel(tenants, visit.Frame.MayEdit ? await PlanPages.NamesAsync(visit) : [], search, sort, after, state), state?.Problem.Status ?? StatusCodes.Status200OK);
    }

    private static async Task<IResult> CreateAsync(Visit visit, FormFields fields)
    {
        var id = fields["tenant"] ?? "";
        var path = "/tenants/" + Uri.EscapeDataString(id);
        var problem = id.Length == 0 ? Wrong("tenant", "Is required.") : null;
        if (problem is null)
        {
            var answer = await visit.CreateAsync(path, Definition(fields, suspended: false));
            if (answer.IsSuccess)
                return Visit.GoTo(path, "tenant-made");
            problem = answer.IsOtherwise ? Wrong("tenant", "There is a tenant of this id already.") : answer.Problem();
        }

        return await ListAsync(visit, new FormState("tenant", null, fields, problem));
    }

    private static async Task<IResult> SaveAsync(Visit visit, FormFields fields)
    {
        var path = Api(visit);
        var now = await visit.GetAsync(path);
        if (!now.IsSuccess)
            return Gone(visit, now.Problem());
        var answer = await visit.SendAsync(HttpMethods.Put, path, Definition(fields, now.Read<TenantView>().Suspended), fields["version"]);
        return answer.IsSuccess ? Visit.GoTo(path, "tenant-saved") : await ShowAsync(visit, new FormState("tenant", null, fields, answer.Problem()));
    }

    /// <summary>Only the one field changes: the rest is sent as it stands, and only if it still stands so.</summary>
    private static async Task<IResult> SuspendAsync(Visit visit, bool suspended)
    {
        var path = Api(visit);
        var now = await visit.GetAsync(path);
        if (!now.IsSuccess)
            return Gone(visit, now.Problem());
        var body = JsonNode.Parse(now.Body)!.AsObject();
        foreach (var name in (string[])["id", "spentMonthUsd", "requestsMonth", "tightestShare"])
            body.Remove(name);
        body["suspended"] = suspended;
        var answer = await visit.SendAsync(HttpMethods.Put, path, body, now.Version);
        return answer.IsSuccess ? Visit.GoTo(path, suspended ? "suspended" : "resumed") : Gone(visit, answer.Problem());
    }

    private static async Task<IResult> DeleteAsync(Visit visit, FormFields fields)
    {
        if (fields["confirm"] != Tenant(visit))
            return await ShowAsync(visit, new FormState("tenant", null, fields, new Problem("Nothing was deleted.", "Type the tenant's id to delete it.", null) { Status = StatusCodes.Status400BadRequest }));
        var answer = await visit.SendAsync(HttpMethods.Delete, Api(visit) + (fields["discardBalance"] is { } seen ? "?discardBalance=" + Uri.EscapeDataString(seen) : ""), null);
        return answer.IsSuccess ? Visit.GoTo("/tenants", "tenant-deleted") : Gone(visit, answer.Problem());
    }

    private static Problem Wrong(string field, string message) =>
        new("One field is not valid.", message, new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] }) { Status = StatusCodes.Status400BadRequest };

    private static JsonObject Definition(FormFields fields, bool suspended) => new()
    {
        ["name"] = fields.Text("name"),
        ["plan"] = fields.Text("plan"),
        ["timezone"] = fields.Text("timezone"),
        ["stripeCustomerId"] = fields.Text("stripeCustomerId"),
        ["markupPercent"] = fields.Number("markupPercent") ?? 0,
        ["allowedModels"] = fields.List("allowedModels"),
        ["maxCallUsd"] = fields.Text("maxCallUsd"),
        ["suspended"] = suspended,
    };
}
