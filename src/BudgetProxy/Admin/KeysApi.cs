using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/tenants/{tenant}/keys</c>.</summary>
internal static class KeysApi
{
    /// <summary>A day: long enough to put a new key everywhere, short enough that an old one is not forgotten.</summary>
    private const long DefaultOverlapSeconds = 86_400;

    private const long MaxOverlapSeconds = 366 * 86_400;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/keys", ListAll);
        admin.MapGet("/tenants/{tenant}/keys", List);
        admin.MapPost("/tenants/{tenant}/keys", Issue);
        admin.MapGet("/tenants/{tenant}/keys/{id}", Get);
        admin.MapPatch("/tenants/{tenant}/keys/{id}", Change);
        admin.MapPost("/tenants/{tenant}/keys/{id}/rotate", Rotate);
        admin.MapDelete("/tenants/{tenant}/keys/{id}", Revoke);
    }

    /// <summary>
    /// Keys in use; with <c>?revoked=true</c> those that were revoked too, since ledger entries go on naming them; with <c>?expiresBefore=</c> only those
    /// that end before that instant, the expired ones included.
    /// </summary>
    private static Results<Ok<ListPage<KeyDocument>>, ProblemHttpResult> List(string tenant, HttpRequest request, TenantDirectory directory)
    {
        var snapshot = directory.Current;
        if (snapshot.FindTenant(tenant) is null)
            return Problems.NoSuchTenant();
        var query = new QueryReader(request.Query);
        return Page(query, snapshot.KeysOf(tenant));
    }

    /// <summary>All tenants' keys, such as those that are about to expire.</summary>
    private static Results<Ok<ListPage<KeyDocument>>, ProblemHttpResult> ListAll(HttpRequest request, TenantDirectory directory)
    {
        var snapshot = directory.Current;
        return Page(new QueryReader(request.Query), snapshot.Tenants.SelectMany(tenant => snapshot.KeysOf(tenant.Id)));
    }

    private static Results<Ok<ListPage<KeyDocument>>, ProblemHttpResult> Page(QueryReader query, IEnumerable<VirtualKey> all)
    {
        var revokedToo = query.Flag("revoked");
        var before = query.Instant("expiresBefore");
        var keys = all.Where(key => (revokedToo || !key.Revoked) && (before is null || key.ExpiresAt < before)).OrderBy(key => key.Id, StringComparer.Ordinal);
        return query.Page(keys, key => key.Id, KeyDocument.Of) is { } page ? TypedResults.Ok(page) : query.Errors.ToProblem();
    }

    private static Results<Ok<KeyDocument>, ProblemHttpResult> Get(string tenant, string id, HttpResponse response, TenantDirectory directory) =>
        directory.Current.FindKey(tenant, id) is { } found ? Show(found.Key, response) : new Edited<VirtualKey>(EditOutcome.NotFound, null).ToProblem();

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
        return Issued(await directory.IssueKeyAsync(wanted, request.HttpContext.Edit(), cancellationToken), request.HttpContext.Response);
    }

    /// <summary>Makes a key that pins the same; the old one goes on for the overlap, so that nobody who has it is cut off while the new one is put in place.</summary>
    private static async Task<Results<Created<KeyDocument>, ProblemHttpResult>> Rotate(
        string tenant, string id, HttpRequest request, TenantDirectory directory, TimeProvider time)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        if (directory.Current.FindTenant(tenant) is null)
            return Problems.NoSuchTenant();
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken, mayBeEmpty: true);
        if (fields is null)
            return problem!;
        var seconds = fields.Count("overlapSeconds") ?? DefaultOverlapSeconds;
        if (seconds > MaxOverlapSeconds)
            fields.Fail("overlapSeconds", $"Must be from 0 to {MaxOverlapSeconds}: a year.");
        var expiresAt = fields.Instant("expiresAt");
        if (expiresAt <= time.GetUtcNow())
            fields.Fail("expiresAt", "Must be in the future: the new key would be refused at once.");
        fields.RefuseUnknown();
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        var edited = await directory.RotateKeyAsync(
            (tenant, id), TimeSpan.FromSeconds(seconds), expiresAt, request.HttpContext.Edit(), cancellationToken);
        return Issued(edited, request.HttpContext.Response);
    }

    /// <summary>Changes some fields; the secret stays.</summary>
    private static async Task<Results<Ok<KeyDocument>, ProblemHttpResult>> Change(
        string tenant, string id, HttpRequest request, TenantDirectory directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var (made, problem) = await Patch.RunAsync<VirtualKey>(
            request,
            () => directory.Current.FindKey(tenant, id)?.Key is { } key ? (DefinitionTag.Of(key), DefinitionJson.OfSettable(key)) : null,
            fields =>
            {
                var wanted = KeyDocument.Read(tenant, fields, id);
                if (wanted.ExpiresAt <= time.GetUtcNow() && wanted.ExpiresAt != directory.Current.FindKey(tenant, id)?.Key.ExpiresAt)
                    fields.Fail("expiresAt", "Must be in the future. DELETE ends a key at once.");
                return wanted;
            },
            (wanted, edit) => directory.PutKeyAsync(wanted, edit, cancellationToken));
        return made is null ? problem! : Show(made, request.HttpContext.Response);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Revoke(
        string tenant, string id, HttpContext context, TenantDirectory directory, CancellationToken cancellationToken)
    {
        var edited = await directory.RevokeKeyAsync(tenant, id, context.Edit(), cancellationToken);
        return edited.Outcome == EditOutcome.Done ? TypedResults.NoContent() : edited.ToProblem();
    }

    private static Results<Created<KeyDocument>, ProblemHttpResult> Issued(Edited<IssuedKey<VirtualKey>> edited, HttpResponse response)
    {
        if (edited.Value is not { } issued)
            return edited.ToProblem();
        response.Headers.ETag = $"\"{DefinitionTag.Of(issued.Key)}\"";
        return TypedResults.Created((string?)null, KeyDocument.Of(issued));
    }

    private static Ok<KeyDocument> Show(VirtualKey key, HttpResponse response) => response.Tagged(DefinitionTag.Of(key), KeyDocument.Of(key));
}
