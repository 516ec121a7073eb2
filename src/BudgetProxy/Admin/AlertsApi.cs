using System.Globalization;
using BudgetProxy.Alerts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BudgetProxy.Admin;

/// <summary><c>/alerts</c>: what was raised, and what became of telling it; newest first.</summary>
internal static class AlertsApi
{
    private const int DefaultLimit = 100;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/alerts", List);
        admin.MapGet("/alerts/deliveries", Deliveries);
        admin.MapPost("/alerts/deliveries/{id}/retry", Retry);
    }

    private static async Task<Results<Ok<ListPage<AlertDocument>>, ProblemHttpResult>> List(HttpRequest request, [FromServices] IAlertStore store)
    {
        var query = new QueryReader(request.Query);
        var tenant = query.Text("tenant");
        var kind = query.Text("kind");
        if (kind is not null && !AlertKinds.All.Contains(kind, StringComparer.Ordinal))
            query.Errors.Add("kind", $"Must be one of: {string.Join(", ", AlertKinds.All)}.");
        var limit = Limit(query);
        var after = After(query, Alert.TryParseId, "alrt_");
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var alerts = await store.AlertsAsync(new AlertQuery(tenant, kind, after, limit + 1), request.HttpContext.RequestAborted);
        return TypedResults.Ok(new ListPage<AlertDocument>(
            [.. alerts.Take(limit).Select(AlertDocument.Of)], alerts.Count > limit ? alerts[limit - 1].PublicId : null));
    }

    private static async Task<Results<Ok<ListPage<DeliveryDocument>>, ProblemHttpResult>> Deliveries(HttpRequest request, [FromServices] IAlertStore store)
    {
        var query = new QueryReader(request.Query);
        var webhook = query.Text("webhook");
        var state = query.Text("state");
        DeliveryState? wanted = null;
        if (state is not null && Names.TryParse<DeliveryState>(state, out var parsed))
            wanted = parsed;
        else if (state is not null)
            query.Errors.Add("state", $"Must be one of: {Names.All<DeliveryState>()}.");
        var limit = Limit(query);
        var after = After(query, Delivery.TryParseId, "dlv_");
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var deliveries = await store.DeliveriesAsync(new DeliveryQuery(webhook, wanted, after, limit + 1), request.HttpContext.RequestAborted);
        return TypedResults.Ok(new ListPage<DeliveryDocument>(
            [.. deliveries.Take(limit).Select(DeliveryDocument.Of)], deliveries.Count > limit ? deliveries[limit - 1].PublicId : null));
    }

    /// <summary>Tries a delivery that failed, or waits, again at once, with all its attempts before it.</summary>
    private static async Task<Results<Accepted, ProblemHttpResult>> Retry(
        string id, HttpRequest request, [FromServices] IAlertStore store, [FromServices] AlertRaiser raiser, [FromServices] TimeProvider clock)
    {
        if (!Delivery.TryParseId(id, out var delivery) || !await store.RetryAsync(delivery, clock.GetUtcNow(), request.HttpContext.RequestAborted))
            return Problems.NotFound("There is no such delivery that failed or waits.");
        raiser.Wake();
        return TypedResults.Accepted((string?)null);
    }

    private delegate bool IdParser(string text, out Guid id);

    private static Guid? After(QueryReader query, IdParser parser, string prefix)
    {
        if (query.Text("after") is not { } text)
            return null;
        if (parser(text, out var id))
            return id;
        query.Errors.Add("after", $"Must be the 'next' of the page before, such as {prefix}….");
        return null;
    }

    private static int Limit(QueryReader query)
    {
        var limit = DefaultLimit;
        if (query.Text("limit") is { } text && (!int.TryParse(text, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > QueryReader.MaxLimit))
            query.Errors.Add("limit", $"Must be a whole number from 1 to {QueryReader.MaxLimit}.");
        return limit;
    }
}
