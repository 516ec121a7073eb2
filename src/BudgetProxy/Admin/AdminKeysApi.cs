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
        var issued = await directory.IssueAdminKeyAsync(name!, role!.Value, cancellationToken);
        return TypedResults.Created((string?)null, AdminKeyDocument.Of(issued));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(
        string id, TenantDirectory directory, CancellationToken cancellationToken) =>
        await directory.RemoveAdminKeyAsync(id, cancellationToken) switch
        {
            AdminKeyRemoval.Removed => TypedResults.NoContent(),
            AdminKeyRemoval.Configured => Problems.Conflict("This key stands in the configuration (BudgetProxy__AdminKey); take it out there."),
            AdminKeyRemoval.LastAdmin => Problems.Conflict("This is the last key with the role admin; make another one first."),
            _ => Problems.NotFound("There is no such admin key."),
        };
}
