using System.Text.Json;
using BudgetProxy.Admin;
using BudgetProxy.Audit;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Billing;

/// <summary><c>/exports/stripe</c>: how far the export is, runs of it, and its buckets.</summary>
internal static class ExportsApi
{
    /// <summary>How long a call waits for its run.</summary>
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(60);

    private const int MostReasonChars = 500;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/exports/stripe", State);
        admin.MapPost("/exports/stripe", Run).WithMetadata(new NeedsRole(AdminRole.Finance));
        admin.MapGet("/exports/stripe/buckets", Buckets);
        admin.MapPost("/exports/stripe/buckets/{id}/retry", Retry).WithMetadata(new NeedsRole(AdminRole.Finance));
        admin.MapPost("/exports/stripe/tenants/{tenant}/write-off", WriteOff);
    }

    private static async Task<Results<Ok<ExportDocument>, ProblemHttpResult>> State(HttpRequest request, ExportView view)
    {
        var query = new QueryReader(request.Query);
        query.RefuseUnknown();
        return query.Errors.Any ? query.Errors.ToProblem() : TypedResults.Ok(await view.ReadAsync(null, request.HttpContext.RequestAborted));
    }

    private static async Task<Results<Ok<ExportDocument>, ProblemHttpResult>> Run(HttpRequest request, ExportView view)
    {
        if (view.Desk is not { } desk)
            return Problems.Conflict(ExportView.TurnOn);
        var finished = await desk.RunAsync(RunLimit, request.HttpContext.RequestAborted);
        return TypedResults.Ok(await view.ReadAsync(finished, request.HttpContext.RequestAborted));
    }

    private static async Task<Results<Ok<ListPage<BucketDocument>>, ProblemHttpResult>> Buckets(HttpRequest request, IBillingStore store)
    {
        var query = new QueryReader(request.Query);
        var filter = new BucketFilter(
            query.Text("tenant"), query.Text("meter"), StateOf(query), query.Instant("from"), query.Instant("to"),
            query.OneOf("by", "hour", "stamp") == "stamp" ? BucketTime.Stamp : BucketTime.Hour, AfterOf(query));
        if (filter.From >= filter.To)
            query.Errors.Add("to", "Must be later than 'from'; it is exclusive.");
        var limit = query.Whole("limit", QueryReader.DefaultLimit, 1, QueryReader.MaxLimit);
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var buckets = new List<Bucket>(limit + 1);
        await foreach (var bucket in store.BucketsAsync(filter with { Most = limit + 1 }, request.HttpContext.RequestAborted))
            buckets.Add(bucket);
        return TypedResults.Ok(new ListPage<BucketDocument>(
            [.. buckets.Take(limit).Select(BucketDocument.Of)], buckets.Count > limit ? BucketKey.Of(buckets[limit - 1]).ToString() : null));
    }

    private static async Task<Results<Ok<BucketDocument>, ProblemHttpResult>> Retry(string id, HttpRequest request, IBillingStore store, ExportView view, AuditTrail audit)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        if (!Guid.TryParse(id, out var bucket) && !Bucket.TryParseIdentifier(id, out bucket))
            return Problems.NotFound("There is no such bucket.");
        var before = await store.FindAsync(bucket, cancellationToken);
        if (before is null)
            return Problems.NotFound("There is no such bucket.");
        var (retried, why) = await RetryAsync(before, request.HttpContext.RequestServices, store);
        if (retried is null)
            return Problems.Conflict(why!);
        view.Desk?.Wake();
        var after = BucketDocument.Of(retried);
        await audit.AppendAsync(
            request.HttpContext.Actor(), AuditActions.RetryBucket, $"exports/stripe/buckets/{bucket}",
            (before.Tenant, JsonSerializer.Serialize(BucketDocument.Of(before), AdminJson.Default.BucketDocument), JsonSerializer.Serialize(after, AdminJson.Default.BucketDocument)),
            CancellationToken.None);
        return TypedResults.Ok(after);
    }

    /// <summary>Not ended by the caller's leaving: what is changed must stand in the audit trail.</summary>
    private static async Task<(Bucket? Retried, string? Why)> RetryAsync(Bucket before, IServiceProvider services, IBillingStore store)
    {
        if (before is { State: BucketState.Dead, Cause: ParkCause.Rejected })
            return services.GetService<BucketResend>() is { } resend ? await resend.RetryAsync(before, CancellationToken.None) : (null, ExportView.TurnOn);
        return await store.RetryAsync(before.Id, CancellationToken.None)
            ? (await store.FindAsync(before.Id, CancellationToken.None), null)
            : (null, $"Only a bucket that is parked, dead or unknown can be tried again; this one is {BillingNames.Of(before.State)}.");
    }

    private static async Task<Results<Ok<WriteOffDocument>, ProblemHttpResult>> WriteOff(string tenant, HttpRequest request, IBillingStore store, AuditTrail audit)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var reason = fields.Text("reason", MostReasonChars);
        fields.RefuseUnknown();
        if (reason is null && !fields.Has("reason"))
            fields.Fail("reason", "Is required: why this is given up for good. It stands in the audit trail.");
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        // Not ended by the caller's leaving: what is given up must stand in the audit trail.
        var given = await store.WriteOffAsync(tenant, CancellationToken.None);
        if (given.Count == 0)
            return Problems.NotFound("Nothing of this tenant waits that could be given up. What may have arrived at Stripe can't be.");
        var document = WriteOffDocument.Of(tenant, reason!, given);
        await audit.AppendAsync(
            request.HttpContext.Actor(), AuditActions.WriteOff, $"exports/stripe/tenants/{tenant}",
            (tenant, null, JsonSerializer.Serialize(document, AdminJson.Default.WriteOffDocument)), CancellationToken.None);
        return TypedResults.Ok(document);
    }

    private static BucketState? StateOf(QueryReader query)
    {
        if (query.Text("state") is not { } text)
            return null;
        if (BillingNames.TryParse(text, out var state))
            return state;
        query.Errors.Add("state", $"Must be one of: {string.Join(", ", BillingNames.AllStates)}.");
        return null;
    }

    private static BucketKey? AfterOf(QueryReader query)
    {
        if (query.Text("after") is not { } text)
            return null;
        if (BucketKey.TryParse(text, out var key))
            return key;
        query.Errors.Add("after", "Must be the 'next' of the page before.");
        return null;
    }
}
