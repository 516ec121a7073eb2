using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/admin-keys</c>.</summary>
internal static class AdminKeysApi
{
    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/admin-keys", List);
        admin.MapPost("/admin-keys", Issue);
        admin.MapDelete("/admin-keys/{id}", Delete);
        admin.MapGet("/whoami", WhoAmI);
    }

    private static Ok<WhoAmIDocument> WhoAmI(HttpContext context)
    {
        var key = context.AdminKey();
        return TypedResults.Ok(new WhoAmIDocument(key.Id, key.Name, Names.Of(key.Role)));
    }

    private static Results<Ok<ListPage<AdminKeyDocument>>, ProblemHttpResult> List(HttpRequest request, TenantDirectory directory)
    {
        var query = new QueryReader(request.Query);
        return query.Page(directory.Current.AdminKeys, key => key.Id, AdminKeyDocument.Of) is { } page
            ? TypedResults.Ok(page)
            : query.Errors.ToProblem();
    }

    private static async Task<Results<Created<AdminKeyDocument>, ProblemHttpResult>> Issue(
        HttpRequest request, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var name = fields.Required("name");
        var role = fields.Required("role") is null ? null : fields.OneOf<AdminRole>("role");
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        var issued = await directory.IssueAdminKeyAsync(name!, role!.Value, request.HttpContext.Edit(), cancellationToken);
        return TypedResults.Created((string?)null, AdminKeyDocument.Of(issued));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string id, HttpContext context, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var edited = await directory.RemoveAdminKeyAsync(id, context.Edit(), cancellationToken);
        return edited.Outcome == EditOutcome.Done ? TypedResults.NoContent() : edited.ToProblem();
    }
}
