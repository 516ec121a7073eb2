using System.Text.Json;
using BudgetProxy.Alerts;
using BudgetProxy.Audit;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BudgetProxy.Admin;

/// <summary><c>/alerts/webhooks</c>.</summary>
internal static class WebhooksApi
{
    /// <summary>How long a secret that was replaced signs too.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/alerts/webhooks", List);
        admin.MapGet("/alerts/webhooks/{name}", Get);
        admin.MapPut("/alerts/webhooks/{name}", Put);
        admin.MapDelete("/alerts/webhooks/{name}", Delete);
        admin.MapPost("/alerts/webhooks/{name}/test", Test);
        admin.MapPost("/alerts/webhooks/{name}/secret", Renew);
    }

    private static async Task<Results<Ok<ListPage<WebhookDocument>>, ProblemHttpResult>> List(HttpRequest request, [FromServices] IAlertStore store)
    {
        var query = new QueryReader(request.Query);
        var webhooks = await store.WebhooksAsync(request.HttpContext.RequestAborted);
        var role = RoleOf(request);
        return query.Page(webhooks, webhook => webhook.Name, webhook => WebhookDocument.Of(webhook, role)) is { } page
            ? TypedResults.Ok(page)
            : query.Errors.ToProblem();
    }

    private static async Task<Results<Ok<WebhookDocument>, ProblemHttpResult>> Get(string name, HttpRequest request, [FromServices] IAlertStore store) =>
        await FindAsync(store, name, request.HttpContext.RequestAborted) is { } webhook
            ? TypedResults.Ok(WebhookDocument.Of(webhook, RoleOf(request)))
            : NoSuchWebhook();

    /// <summary>A full replacement, but for the secret, which stays; one that is new gets its secret in the answer, this once.</summary>
    private static async Task<Results<Ok<WebhookDocument>, ProblemHttpResult>> Put(
        string name, HttpRequest request, [FromServices] IAlertStore store, [FromServices] TimeProvider clock)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var (fields, problem) = await JsonBody.ReadAsync(request, cancellationToken);
        if (fields is null)
            return problem!;
        var old = await FindAsync(store, name, cancellationToken);
        var webhook = WebhookReader.Read(name, old, fields, clock.GetUtcNow());
        if (fields.Errors.Any)
            return fields.Errors.ToProblem();
        if (!await store.SaveAsync(webhook, cancellationToken))
            return Problems.Conflict($"There are at most {Webhook.Most} webhooks; delete one that is no longer needed.");
        // As it stands: another admin may have made it in the same moment, and then that one has the secret.
        if (await FindAsync(store, name, cancellationToken) is not { } stored)
            return NoSuchWebhook();
        await AuditAsync(request, AuditActions.PutWebhook, name, old, stored);
        return TypedResults.Ok(WebhookDocument.Of(stored, RoleOf(request), withSecret: old is null && stored.Secret == webhook.Secret));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> Delete(string name, HttpRequest request, [FromServices] IAlertStore store)
    {
        var old = await FindAsync(store, name, request.HttpContext.RequestAborted);
        if (!await store.RemoveAsync(name, request.HttpContext.RequestAborted))
            return NoSuchWebhook();
        await AuditAsync(request, AuditActions.DeleteWebhook, name, old, null);
        return TypedResults.NoContent();
    }

    /// <summary>Sends one delivery now, also to one that is turned off, and says what came of it; it is not kept, nor tried again.</summary>
    private static async Task<Results<Ok<WebhookTestDocument>, ProblemHttpResult>> Test(
        string name, HttpRequest request, [FromServices] IAlertStore store, [FromServices] WebhookSender sender, [FromServices] AlertBodies bodies)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        if (await FindAsync(store, name, cancellationToken) is not { } webhook)
            return NoSuchWebhook();
        var attempt = (await sender.SendAsync(webhook, bodies.Test(name), cancellationToken)).Attempt;
        return TypedResults.Ok(new WebhookTestDocument(attempt.Error is null, attempt.Status, attempt.Error, attempt.Milliseconds));
    }

    /// <summary>Makes a new secret; the one before signs too for a day, so that a receiver can change over without a gap.</summary>
    private static async Task<Results<Ok<WebhookDocument>, ProblemHttpResult>> Renew(
        string name, HttpRequest request, [FromServices] IAlertStore store, [FromServices] TimeProvider clock)
    {
        var cancellationToken = request.HttpContext.RequestAborted;
        var secret = WebhookSecret.New();
        var old = await FindAsync(store, name, cancellationToken);
        if (!await store.RenewAsync(name, secret, clock.GetUtcNow() + Overlap, cancellationToken)
            || await FindAsync(store, name, cancellationToken) is not { } renewed)
        {
            return NoSuchWebhook();
        }

        await AuditAsync(request, AuditActions.PutWebhook, name, old, renewed);
        return TypedResults.Ok(WebhookDocument.Of(renewed with { Secret = secret }, RoleOf(request), withSecret: true));
    }

    private static async Task<Webhook?> FindAsync(IAlertStore store, string name, CancellationToken cancellationToken) =>
        (await store.WebhooksAsync(cancellationToken)).FirstOrDefault(webhook => webhook.Name == name);

    /// <summary>What anybody with an admin key may read of it: no secret, and no path of the URL. What they hide shows as a hash that changes with it.</summary>
    private static async Task AuditAsync(HttpRequest request, string action, string name, Webhook? before, Webhook? after)
    {
        string? Json(Webhook? webhook) => webhook is null ? null : JsonSerializer.Serialize(
            WebhookDocument.Of(webhook, AdminRole.Viewer) with { Fingerprint = WebhookSecret.FingerprintOf(webhook) }, AdminJson.Default.WebhookDocument);

        // The change stands, so that it is kept even if the caller is gone.
        await request.HttpContext.RequestServices.GetRequiredService<AuditTrail>().AppendAsync(
            request.HttpContext.Actor(), action, $"webhooks/{name}", (null, Json(before), Json(after)), CancellationToken.None);
    }

    private static AdminRole RoleOf(HttpRequest request) => request.HttpContext.Features.Get<AdminKey>()!.Role;

    private static ProblemHttpResult NoSuchWebhook() => Problems.NotFound("There is no such webhook. Make it with PUT /admin/v1/alerts/webhooks/{name}.");
}
