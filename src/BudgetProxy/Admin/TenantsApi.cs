using BudgetProxy.Core.Money;
using BudgetProxy.Insight;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/tenants</c>.</summary>
internal static class TenantsApi
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/tenants", List);
        admin.MapGet("/tenants/{tenant}", Get);
        admin.MapPut("/tenants/{tenant}", Put);
        admin.MapPatch("/tenants/{tenant}", Change);
        admin.MapDelete("/tenants/{tenant}", Delete);
    }

    private static async Task<Results<Ok<TenantListDocument>, ProblemHttpResult>> List(HttpRequest request, TenantList tenants, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request.Query);
        var search = query.Text("search");
        var order = query.OneOf("sort", TenantList.Orders);
        var limit = query.Whole("limit", QueryReader.DefaultLimit, 1, QueryReader.MaxLimit);
        var after = query.Text("after");
        query.RefuseUnknown();
        return query.Errors.Any ? query.Errors.ToProblem() : TypedResults.Ok(await tenants.PageAsync(search, order, after, limit, cancellationToken));
    }

    private static Results<Ok<TenantDocument>, ProblemHttpResult> Get(string tenant, HttpResponse response, TenantDirectory directory) =>
        directory.Current.FindTenant(tenant) is { } found ? Show(found, response) : Problems.NoSuchTenant();

    /// <summary>A full replacement: a field that is left out goes back to its default. Keys and budgets stay.</summary>
    private static async Task<Results<Ok<TenantDocument>, ProblemHttpResult>> Put(
        string tenant, HttpRequest request, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var wanted = TenantDocument.Read(tenant, fields, CustomerOf(tenant, directory));
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        var edited = await directory.PutTenantAsync(wanted, request.HttpContext.Edit(), cancellationToken);
        return edited.Value is { } made ? Show(made, request.HttpContext.Response) : edited.ToProblem();
    }

    /// <summary>Changes some fields.</summary>
    private static async Task<Results<Ok<TenantDocument>, ProblemHttpResult>> Change(
        string tenant, HttpRequest request, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var (made, problem) = await Patch.RunAsync<Tenant>(
            request,
            () => directory.Current.FindTenant(tenant) is { } found ? (DefinitionTag.Of(found), DefinitionJson.Of(found)) : null,
            fields => TenantDocument.Read(tenant, fields, CustomerOf(tenant, directory)),
            (wanted, edit) => directory.PutTenantAsync(wanted, edit, cancellationToken));
        return made is null ? problem! : Show(made, request.HttpContext.Response);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string tenant, HttpContext context, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var query = new QueryReader(context.Request.Query);
        NanoUsd? discards = null;
        if (query.Text("discardBalance") is { } text)
        {
            if (NanoUsd.TryParse(text, out var most))
                discards = most;
            else
                query.Errors.Add("discardBalance", "Must be the prepaid balance in USD that goes with the tenant, as it was seen, such as 12.50.");
        }

        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var edited = await directory.DeleteTenantAsync(tenant, context.Edit() with { Discards = discards }, cancellationToken);
        return edited.Outcome == EditOutcome.Done ? TypedResults.NoContent() : edited.ToProblem();
    }

    private static string? CustomerOf(string tenant, TenantDirectory directory) => directory.Current.FindTenant(tenant)?.StripeCustomerId;

    private static Ok<TenantDocument> Show(Tenant tenant, HttpResponse response) => response.Tagged(DefinitionTag.Of(tenant), TenantDocument.Of(tenant));
}
