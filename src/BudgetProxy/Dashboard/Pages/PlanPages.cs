using System.Text.Json.Nodes;
using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard.Pages;

/// <summary>Plans, and the budgets of each.</summary>
internal static class PlanPages
{
    public static void Map(IEndpointRouteBuilder routes, Door door)
    {
        routes.MapGet("/admin/plans", door.Page(visit => ListAsync(visit, null)));
        routes.MapPost("/admin/plans", door.Form(CreateAsync));
        routes.MapGet("/admin/plans/{plan}", door.Page(visit => EditAsync(visit, null)));
        routes.MapPost("/admin/plans/{plan}", door.Form(SaveAsync));
        routes.MapPost("/admin/plans/{plan}/delete", door.Form(DeleteAsync));
        routes.MapGet("/admin/plans/{plan}/new-budget", door.Page(visit => BudgetAsync(visit, null, null)));
        routes.MapGet("/admin/plans/{plan}/budgets/{name}", door.Page(visit => BudgetAsync(visit, Name(visit), null)));
        routes.MapPost("/admin/plans/{plan}/budgets", door.Form(SaveBudgetAsync));
        routes.MapPost("/admin/plans/{plan}/budgets/{name}/delete", door.Form(DeleteBudgetAsync));
    }

    /// <summary>The names of all plans; none where there are no plans.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync(Visit visit) =>
        (await visit.ReadAsync<ListOf<PlanView>>("/plans?limit=1000")).Value is { } list ? [.. list.Items.Select(plan => plan.Name)] : [];

    private static string Name(Visit visit) => (string)visit.Http.GetRouteValue("name")!;

    private static string Api(Visit visit) => "/plans/" + Uri.EscapeDataString((string)visit.Http.GetRouteValue("plan")!);

    private static async Task<IResult> ListAsync(Visit visit, FormState? state) => visit.Show<PlansPage>(
        new PlansModel(await visit.ReadAsync<ListOf<PlanView>>("/plans?limit=1000"), state), state?.Problem.Status ?? StatusCodes.Status200OK);

    private static async Task<IResult> CreateAsync(Visit visit, FormFields fields)
    {
        var name = fields["plan"] ?? "";
        var path = "/plans/" + Uri.EscapeDataString(name);
        var problem = name.Length == 0 ? Wrong("plan", "Is required.") : null;
        if (problem is null)
        {
            var answer = await visit.CreateAsync(path, Definition(fields, []));
            if (answer.IsSuccess)
                return Visit.GoTo("/plans", "plan-saved");
            problem = answer.IsOtherwise ? Wrong("plan", "There is a plan of this name already.") : answer.Problem();
        }

        return await ListAsync(visit, new FormState("plan", null, fields, problem));
    }

    private static async Task<IResult> EditAsync(Visit visit, FormState? state)
    {
        var plan = await visit.GetAsync(Api(visit));
        return plan.IsSuccess
            ? visit.Show<PlanPage>(new PlanModel(plan.Read<PlanView>(), plan.Version, null, state), state?.Problem.Status ?? StatusCodes.Status200OK)
            : TenantPages.Gone(visit, plan.Problem());
    }

    private static async Task<IResult> SaveAsync(Visit visit, FormFields fields)
    {
        var now = await visit.GetAsync(Api(visit));
        if (!now.IsSuccess)
            return TenantPages.Gone(visit, now.Problem());
        var answer = await visit.SendAsync(HttpMethods.Put, Api(visit), Definition(fields, Budgets(now)), fields["version"]);
        return answer.IsSuccess ? Visit.GoTo("/plans", "plan-saved") : await EditAsync(visit, new FormState("plan", null, fields, answer.Problem()));
    }

    private static async Task<IResult> DeleteAsync(Visit visit, FormFields fields)
    {
        var answer = await visit.SendAsync(HttpMethods.Delete, Api(visit), null);
        return answer.IsSuccess ? Visit.GoTo("/plans", "plan-deleted") : await EditAsync(visit, new FormState("plan", null, fields, answer.Problem()));
    }

    private static async Task<IResult> BudgetAsync(Visit visit, string? name, FormState? state)
    {
        var answer = await visit.GetAsync(Api(visit));
        if (!answer.IsSuccess)
            return TenantPages.Gone(visit, answer.Problem());
        var plan = answer.Read<PlanView>();
        var budget = plan.Budgets?.FirstOrDefault(one => one.Name == name);
        if (name is not null && budget is null)
            return TenantPages.Gone(visit, new Problem(null, null, null) { Status = StatusCodes.Status404NotFound });
        return visit.Show<PlanBudgetPage>(new PlanModel(plan, answer.Version, budget, state), state?.Problem.Status ?? StatusCodes.Status200OK);
    }

    private static async Task<IResult> SaveBudgetAsync(Visit visit, FormFields fields)
    {
        var old = fields["old"];
        var name = old ?? fields["name"];
        return await ChangeBudgetsAsync(visit, fields, old, fields["version"], budgets =>
        {
            var body = BudgetForm.Body(fields);
            body["name"] = name;
            var place = budgets.ToList().FindIndex(budget => (string?)budget!["name"] == name);
            if (place >= 0 && old is null)
                return Wrong("name", "The plan has a budget of this name already.");
            if (place >= 0)
                budgets[place] = body;
            else
                budgets.Add(body);
            return null;
        });
    }

    private static Task<IResult> DeleteBudgetAsync(Visit visit, FormFields fields) => ChangeBudgetsAsync(visit, fields, Name(visit), null, budgets =>
    {
        budgets.RemoveAll(budget => (string?)budget!["name"] == Name(visit));
        return null;
    });

    /// <summary>A plan is put as a whole: the rest of it is sent as it stands, and only if it still stands so.</summary>
    private static async Task<IResult> ChangeBudgetsAsync(Visit visit, FormFields fields, string? old, string? version, Func<JsonArray, Problem?> change)
    {
        var now = await visit.GetAsync(Api(visit));
        if (!now.IsSuccess)
            return TenantPages.Gone(visit, now.Problem());
        var budgets = Budgets(now);
        var problem = change(budgets);
        if (problem is null)
        {
            // What an answer shows can be put again.
            var body = JsonNode.Parse(now.Body)!.AsObject();
            body["budgets"] = budgets;
            var answer = await visit.SendAsync(HttpMethods.Put, Api(visit), body, version ?? now.Version);
            if (answer.IsSuccess)
                return Visit.GoTo("/plans", "plan-saved");
            problem = InFieldsOf(answer.Problem());
        }

        return await BudgetAsync(visit, old, new FormState("budget", old, fields, problem));
    }

    private static JsonArray Budgets(PipeAnswer plan) => JsonNode.Parse(plan.Body)!["budgets"]?.DeepClone().AsArray() ?? [];

    /// <summary><c>budgets[2].limit.usd</c> is <c>limit.usd</c> of the form.</summary>
    /// <remarks>What is wrong with the plan as a whole, such as a prepaid one without credit, stands above the form.</remarks>
    private static Problem InFieldsOf(Problem problem) => problem.Errors is null
        ? problem
        : problem.Errors.FirstOrDefault(error => !error.Key.StartsWith("budgets", StringComparison.Ordinal)) is { Key: not null } whole
        ? problem with { Errors = null, Detail = string.Join(" ", whole.Value) }
        : problem with
        {
            Errors = problem.Errors.GroupBy(error => error.Key.StartsWith("budgets[", StringComparison.Ordinal) ? error.Key[(error.Key.IndexOf('.', StringComparison.Ordinal) + 1)..] : error.Key, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.SelectMany(error => error.Value).ToArray(), StringComparer.Ordinal),
        };

    private static Problem Wrong(string field, string message) =>
        new("One field is not valid.", message, new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] }) { Status = StatusCodes.Status400BadRequest };

    private static JsonObject? Included(FormFields fields)
    {
        if (fields["includedAmount"] is null)
            return null;
        var unit = fields["includedUnit"] ?? "requests";
        return new JsonObject { [unit] = unit == "usd" ? fields.Text("includedAmount") : fields.Number("includedAmount") };
    }

    private static JsonObject Definition(FormFields fields, JsonArray budgets) => new()
    {
        ["budgets"] = budgets,
        ["allowedModels"] = fields.List("allowedModels"),
        ["maxCallUsd"] = fields.Text("maxCallUsd"),
        ["included"] = Included(fields),
        ["billing"] = fields.Text("billing"),
    };
}
