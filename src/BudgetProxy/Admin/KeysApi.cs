using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/tenants/{tenant}/keys</c>.</summary>
internal static class KeysApi
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/tenants/{tenant}/keys", List);
        admin.MapPost("/tenants/{tenant}/keys", Issue);
        admin.MapDelete("/tenants/{tenant}/keys/{id}", Revoke);
    }

    /// <summary>Keys in use; with <c>?revoked=true</c> those that were revoked too, since ledger entries go on naming them.</summary>
    private static Results<Ok<ListPage<KeyDocument>>, ProblemHttpResult> List(string tenant, HttpRequest request, TenantDirectory directory)
    {
        var snapshot = directory.Current;
        if (snapshot.FindTenant(tenant) is null)
            return Problems.NoSuchTenant();
        var query = new QueryReader(request.Query);
        var revokedToo = query.Flag("revoked");
        var keys = snapshot.KeysOf(tenant).Where(key => revokedToo || !key.Revoked).OrderBy(key => key.Id, StringComparer.Ordinal);
        return query.Page(keys, key => key.Id, KeyDocument.Of) is { } page ? TypedResults.Ok(page) : query.Errors.ToProblem();
    }

    private static async Task<Results<Created<KeyDocument>, ProblemHttpResult>> Issue(
        string tenant, HttpRequest request, TenantDirectory directory, CancellationToken cancellationToken)
    {
        if (directory.Current.FindTenant(tenant) is null)
            return Problems.NoSuchTenant();
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var wanted = KeyDocument.Read(tenant, fields);
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        return await directory.IssueKeyAsync(wanted, cancellationToken) is { } issued
            ? TypedResults.Created((string?)null, KeyDocument.Of(issued))
            : Problems.NoSuchTenant();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(
        string tenant, string id, TenantDirectory directory, CancellationToken cancellationToken) =>
        await directory.RevokeKeyAsync(tenant, id, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound("The tenant has no such key, or it was revoked before.");
}
