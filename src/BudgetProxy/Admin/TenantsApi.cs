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

    private static Results<Ok<TenantDocument>, ProblemHttpResult> Get(string tenant, TenantDirectory directory) =>
        directory.Current.FindTenant(tenant) is { } found ? TypedResults.Ok(TenantDocument.Of(found)) : Problems.NoSuchTenant();

    /// <summary>A full replacement: a field that is left out goes back to its default. Keys and budgets stay.</summary>
    private static async Task<Results<Ok<TenantDocument>, ProblemHttpResult>> Put(
        string tenant, HttpRequest request, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var wanted = TenantDocument.Read(tenant, fields);
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        return TypedResults.Ok(TenantDocument.Of(await directory.PutTenantAsync(wanted, cancellationToken)));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string tenant, TenantDirectory directory, CancellationToken cancellationToken) =>
        await directory.DeleteTenantAsync(tenant, cancellationToken) ? TypedResults.NoContent() : Problems.NoSuchTenant();
}
