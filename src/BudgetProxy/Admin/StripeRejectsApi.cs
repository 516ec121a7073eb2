using BudgetProxy.Stripe;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BudgetProxy.Admin;

/// <summary><c>/exports/stripe/rejects</c>.</summary>
internal static class StripeRejectsApi
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/exports/stripe/rejects", List);

    private static async Task<Results<Ok<ListPage<RejectDocument>>, ProblemHttpResult>> List(HttpRequest request, [FromServices] IStripeEventStore store)
    {
        var query = new QueryReader(request.Query);
        var tenant = query.Text("tenant");
        var meter = query.Text("meter");
        var since = query.Instant("since");
        var limit = query.Whole("limit", QueryReader.DefaultLimit, 1, QueryReader.MaxLimit);
        Guid? after = null;
        if (query.Text("after") is { } text)
        {
            if (RejectDocument.TryParseId(text, out var id))
                after = id;
            else
                query.Errors.Add("after", "Must be the 'next' of the page before, such as rej_….");
        }

        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var rejects = await store.RejectsAsync(new RejectQuery(tenant, meter, since, after, limit + 1), request.HttpContext.RequestAborted);
        return TypedResults.Ok(new ListPage<RejectDocument>(
            [.. rejects.Take(limit).Select(RejectDocument.Of)], rejects.Count > limit ? RejectDocument.IdOf(rejects[limit - 1]) : null));
    }
}
