using System.Text.Json;
using BudgetProxy.Audit;
using BudgetProxy.Core.Requests;
using BudgetProxy.Rates;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>POST /rates/rerate</c>: a past period priced again by the rates of now, shown before it is booked.</summary>
internal static class RerateApi
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapPost("/rates/rerate", Rerate).WithMetadata(new NeedsRole(AdminRole.Finance));

    private static async Task<Results<Ok<RerateDocument>, ProblemHttpResult>> Rerate(HttpRequest request, Rerating rerating, TimeProvider time)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var from = fields.Instant("from");
        var to = fields.Instant("to") ?? now;
        var scope = new RerateScope(from ?? now, to, fields.Text("tenant"), fields.Text("provider"), fields.Text("model"));
        var apply = fields.Flag("apply") ?? false;
        var id = fields.Text("id");
        fields.RefuseUnknown();
        if (from is null && !fields.Has("from"))
            fields.Fail("from", "Is required: the instant of settlement from which entries are priced again.");
        if (from >= to)
            fields.Fail("to", "Must be later than 'from'; it is exclusive.");
        if (to > now)
            fields.Fail("to", "Must not be in the future: what is still to come can't be shown.");
        if (scope.Provider is not null && !ProviderNames.TryParse(scope.Provider, out _))
            fields.Fail("provider", "There is no such provider.");
        if (apply && (id is null || !fields.Has("to")))
            fields.Fail("id", "To apply, send the id, from and to of the preview.");
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();

        if (!apply)
        {
            using var preview = await rerating.PreviewAsync(scope, cancellationToken);
            return TypedResults.Ok(RerateDocument.Of(preview, applied: false));
        }

        var role = request.HttpContext.AdminKey().Role;
        if (role < AdminRole.Admin)
            return Problems.Forbidden(Names.Of(role), Names.Of(AdminRole.Admin));
        // Not ended by the caller's leaving: half of a period would be booked, though a repeat books the rest.
        var (report, refused) = await rerating.ApplyAsync(scope, id!, CancellationToken.None);
        if (report is null)
            return Problems.Conflict(refused!);
        RerateDocument applied;
        using (report)
            applied = RerateDocument.Of(report, applied: true);
        await AuditAsync(request.HttpContext, applied);
        return TypedResults.Ok(applied);
    }

    /// <summary>The entries that were booked say the rest.</summary>
    private static async Task AuditAsync(HttpContext context, RerateDocument applied)
    {
        var none = new Dictionary<string, RerateSumsDocument>(StringComparer.Ordinal);
        await context.RequestServices.GetRequiredService<AuditTrail>().AppendAsync(
            context.Actor(), AuditActions.Rerate, "rates",
            (applied.Tenant, null, JsonSerializer.Serialize(applied with { ByTenant = none, ByModel = none }, AdminJson.Default.RerateDocument)),
            CancellationToken.None);
    }
}
