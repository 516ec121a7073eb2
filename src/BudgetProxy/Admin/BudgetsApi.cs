using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/tenants/{tenant}/budgets</c>.</summary>
internal static class BudgetsApi
{
    /// <summary>Counters that one look reads.</summary>
    private const int MostPeeked = 500;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/tenants/{tenant}/budgets", List);
        admin.MapGet("/tenants/{tenant}/budgets/{name}", Get);
        admin.MapPut("/tenants/{tenant}/budgets/{name}", Put);
        admin.MapPatch("/tenants/{tenant}/budgets/{name}", Change);
        admin.MapDelete("/tenants/{tenant}/budgets/{name}", Delete);
    }

    private static async Task<Results<Ok<ListPage<BudgetDocument>>, ProblemHttpResult>> List(
        string tenant, HttpRequest request, TenantDirectory directory, IReservationStore reservations, CancellationToken cancellationToken)
    {
        if (directory.Current.FindTenant(tenant) is not { } found)
            return Problems.NoSuchTenant();
        var query = new QueryReader(request.Query);
        var page = query.Page(found.Budgets.OrderBy(budget => budget.Name, StringComparer.Ordinal), budget => budget.Name, budget => budget);
        if (page is null)
            return query.Errors.ToProblem();
        var states = (await ReadAsync(page.Items, reservations, cancellationToken)).ToLookup(state => state.Budget.Name, StringComparer.Ordinal);
        return TypedResults.Ok(new ListPage<BudgetDocument>(
            [.. page.Items.Select(budget => BudgetDocument.Of(budget, [.. states[budget.Name]]))], page.Next));
    }

    private static async Task<Results<Ok<BudgetDocument>, ProblemHttpResult>> Get(
        string tenant, string name, HttpContext context, TenantDirectory directory, IReservationStore reservations) =>
        directory.Current.FindBudget(tenant, name) is { } budget
            ? await ShowAsync(budget, context, reservations)
            : new Edited<Budget>(EditOutcome.NotFound, null).ToProblem();

    /// <summary>Puts a budget of the tenant's own; where its plan has one by that name, this one then holds instead.</summary>
    private static async Task<Results<Ok<BudgetDocument>, ProblemHttpResult>> Put(
        string tenant, string name, HttpContext context, TenantDirectory directory, IReservationStore reservations)
    {
        if (directory.Current.FindTenant(tenant) is not { } found)
            return Problems.NoSuchTenant();
        var (fields, problem) = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        if (fields is null)
            return problem!;
        var budget = BudgetReader.Read(tenant, found.Zone, name, fields);
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        var edited = await directory.PutBudgetAsync(budget, context.Edit(), context.RequestAborted);
        return edited.Value is { } made ? await ShowAsync(made, context, reservations) : edited.ToProblem();
    }

    /// <summary>Changes some fields; a budget of the plan becomes the tenant's own with them.</summary>
    private static async Task<Results<Ok<BudgetDocument>, ProblemHttpResult>> Change(
        string tenant, string name, HttpContext context, TenantDirectory directory, IReservationStore reservations)
    {
        var (made, problem) = await Patch.RunAsync<Budget>(
            context.Request,
            () => directory.Current.FindBudget(tenant, name) is { } budget ? (DefinitionTag.Of(budget), DefinitionJson.Of(budget)) : null,
            fields => BudgetReader.Read(tenant, directory.Current.FindTenant(tenant)?.Zone ?? TimeZoneInfo.Utc, name, fields),
            (wanted, edit) => directory.PutBudgetAsync(wanted, edit, context.RequestAborted));
        return made is null ? problem! : await ShowAsync(made, context, reservations);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string tenant, string name, HttpContext context, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var edited = await directory.DeleteBudgetAsync(tenant, name, context.Edit(), cancellationToken);
        return edited.Outcome == EditOutcome.Done ? TypedResults.NoContent() : edited.ToProblem();
    }

    /// <summary>200 with the budget, its counters and its tag.</summary>
    internal static async Task<Ok<BudgetDocument>> ShowAsync(Budget budget, HttpContext context, IReservationStore reservations) =>
        context.Response.Tagged(DefinitionTag.Of(budget), BudgetDocument.Of(budget, await ReadAsync([budget], reservations, context.RequestAborted)));

    /// <summary>The counters that were used, and those that were topped up and not used yet.</summary>
    private static async Task<IReadOnlyList<BudgetState>> ReadAsync(
        IReadOnlyList<Budget> budgets, IReservationStore reservations, CancellationToken cancellationToken)
    {
        var states = new List<BudgetState>(await reservations.ReadAsync(budgets, cancellationToken));
        var seen = states.Select(state => (state.Budget.Name, state.ScopeValue)).ToHashSet();
        var unused = budgets.SelectMany(budget => budget.Acts.ToppedUpValues.Order(StringComparer.Ordinal).Select(value => new Hold(budget, value, 0)))
            .Where(hold => !seen.Contains((hold.Budget.Name, hold.ScopeValue))).ToList();
        foreach (var some in unused.Chunk(MostPeeked))
            states.AddRange((await reservations.PeekAsync(some, cancellationToken)).Where(state => state.ToppedUp > 0));
        return states;
    }
}
