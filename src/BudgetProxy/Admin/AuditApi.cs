using System.Globalization;
using BudgetProxy.Audit;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/audit</c>: who changed what, from what to what.</summary>
internal static class AuditApi
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/audit", List);

    /// <summary>Newest first.</summary>
    private static async Task<Results<Ok<ListPage<AuditDocument>>, ProblemHttpResult>> List(
        HttpRequest request, AuditTrail trail, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request.Query);
        var filter = new AuditFilter(query.Text("tenant"), query.Text("action"), query.Text("by"), query.Instant("from"), query.Instant("to"), null);
        if (filter.From >= filter.To)
            query.Errors.Add("to", "Must be later than 'from'; it is exclusive.");
        var limit = query.Whole("limit", QueryReader.DefaultLimit, 1, QueryReader.MaxLimit);
        if (query.Text("after") is { } after)
        {
            if (long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out var below))
                filter = filter with { Below = below };
            else
                query.Errors.Add("after", "Must be the 'next' of the page before.");
        }

        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var entries = await trail.ReadAsync(filter, limit + 1, cancellationToken);
        var page = entries.Take(limit).ToList();
        return TypedResults.Ok(new ListPage<AuditDocument>(
            page.ConvertAll(AuditDocument.Of), entries.Count > limit ? AuditDocument.IdOf(page[^1]) : null));
    }
}
