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
        string tenant, string name, TenantDirectory directory, IReservationStore reservations, CancellationToken cancellationToken) =>
        directory.Current.FindBudget(tenant, name) is { } budget
            ? TypedResults.Ok(await ShowAsync(budget, reservations, cancellationToken))
            : NoSuchBudget();

    private static async Task<Results<Ok<BudgetDocument>, ProblemHttpResult>> Put(
        string tenant, string name, HttpRequest request, TenantDirectory directory, IReservationStore reservations)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        if (directory.Current.FindTenant(tenant) is not { } found)
            return Problems.NoSuchTenant();
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var budget = BudgetReader.Read(found, name, fields);
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        return await directory.PutBudgetAsync(budget, cancellationToken) switch
        {
            BudgetChange.Made => TypedResults.Ok(await ShowAsync(directory.Current.FindBudget(tenant, name) ?? budget, reservations, cancellationToken)),
            BudgetChange.TooMany => Problems.Conflict(
                $"A tenant has at most {DirectoryRules.MaxBudgetsPerTenant} budgets; delete one that is no longer needed."),
            _ => Problems.NoSuchTenant(),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string tenant, string name, TenantDirectory directory, CancellationToken cancellationToken) =>
        await directory.DeleteBudgetAsync(tenant, name, cancellationToken) ? TypedResults.NoContent() : NoSuchBudget();

    internal static async Task<BudgetDocument> ShowAsync(Budget budget, IReservationStore reservations, CancellationToken cancellationToken) =>
        BudgetDocument.Of(budget, await ReadAsync([budget], reservations, cancellationToken));

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

    internal static ProblemHttpResult NoSuchBudget() => Problems.NotFound("The tenant has no such budget, or there is no such tenant.");
}
