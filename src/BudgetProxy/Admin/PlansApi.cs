using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/plans</c>.</summary>
internal static class PlansApi
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/plans", List);
        admin.MapGet("/plans/{plan}", Get);
        admin.MapPut("/plans/{plan}", Put);
        admin.MapDelete("/plans/{plan}", Delete);
    }

    private static Results<Ok<ListPage<PlanDocument>>, ProblemHttpResult> List(HttpRequest request, TenantDirectory directory)
    {
        var query = new QueryReader(request.Query);
        var snapshot = directory.Current;
        var tenants = snapshot.Tenants.CountBy(tenant => tenant.Plan ?? "", StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        return query.Page(snapshot.Plans, plan => plan.Id, plan => PlanDocument.Of(plan, tenants.GetValueOrDefault(plan.Id))) is { } page
            ? TypedResults.Ok(page)
            : query.Errors.ToProblem();
    }

    private static Results<Ok<PlanDocument>, ProblemHttpResult> Get(string plan, HttpResponse response, TenantDirectory directory) =>
        directory.Current.FindPlan(plan) is { } found
            ? Show(found, response, directory)
            : new Edited<Plan>(EditOutcome.NotFound, null).ToProblem();

    /// <summary>A full replacement; it holds for every tenant on the plan at once.</summary>
    private static async Task<Results<Ok<PlanDocument>, ProblemHttpResult>> Put(
        string plan, HttpRequest request, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var wanted = PlanDocument.Read(plan, fields);
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        // Counters of very many tenants may have to be made: a client that doesn't wait for it would get no plan stored, ever.
        var edited = await directory.PutPlanAsync(wanted, request.HttpContext.Edit(), CancellationToken.None);
        return edited.Value is { } made ? Show(made, request.HttpContext.Response, directory) : edited.ToProblem();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string plan, HttpContext context, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var edited = await directory.DeletePlanAsync(plan, context.Edit(), cancellationToken);
        return edited.Outcome == EditOutcome.Done ? TypedResults.NoContent() : edited.ToProblem();
    }

    private static Ok<PlanDocument> Show(Plan plan, HttpResponse response, TenantDirectory directory) =>
        response.Tagged(DefinitionTag.Of(plan), PlanDocument.Of(plan, directory.Current.TenantsOn(plan.Id).Count()));
}
