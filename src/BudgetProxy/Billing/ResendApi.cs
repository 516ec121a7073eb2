using System.Text.Json;
using BudgetProxy.Admin;
using BudgetProxy.Audit;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Billing;

/// <summary><c>POST /exports/stripe/buckets/{id}/resend</c>.</summary>
internal static class ResendApi
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapPost("/exports/stripe/buckets/{id}/resend", Resend).WithMetadata(new NeedsRole(AdminRole.Finance));

    private static async Task<Results<Ok<BucketDocument>, ProblemHttpResult>> Resend(string id, HttpRequest request, IBillingStore store, AuditTrail audit)
    {
        var services = request.HttpContext.RequestServices;
        if ((!Guid.TryParse(id, out var bucket) && !Bucket.TryParseIdentifier(id, out bucket)) || await store.FindAsync(bucket, request.HttpContext.RequestAborted) is not { } before)
            return Problems.NotFound("There is no such bucket.");
        if (services.GetService<BucketResend>() is not { } resend)
            return Problems.Conflict(ExportView.TurnOn);
        // Not ended by the caller's leaving once it looks: what is changed must stand in the audit trail.
        var (renewed, why) = await resend.RunAsync(before, CancellationToken.None);
        if (renewed is null)
            return Problems.Conflict(why!);
        services.GetRequiredService<BillingDesk>().Wake();
        var after = BucketDocument.Of(renewed);
        await audit.AppendAsync(
            request.HttpContext.Actor(), AuditActions.ResendBucket, $"exports/stripe/buckets/{bucket}",
            (before.Tenant, JsonSerializer.Serialize(BucketDocument.Of(before), AdminJson.Default.BucketDocument), JsonSerializer.Serialize(after, AdminJson.Default.BucketDocument)),
            CancellationToken.None);
        return TypedResults.Ok(after);
    }
}
