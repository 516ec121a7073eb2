using BudgetProxy.Rates;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Admin;

/// <summary><c>/rates</c>: the rows that price calls now.</summary>
internal static class RatesApi
{
    public static void Map(IEndpointRouteBuilder admin) => admin.MapGet("/rates", List);

    private static Results<Ok<ListPage<RateDocument>>, ProblemHttpResult> List(HttpRequest request, RateTable rates, TimeProvider time)
    {
        var query = new QueryReader(request.Query);
        var now = time.GetUtcNow();
        var card = rates.Current.Card;
        var inForce = card.Rates
            .Where(rate => rate.Tenant is null && ReferenceEquals(card.Find(rate.Provider, rate.Model, now), rate))
            .OrderBy(rate => rate.Id, StringComparer.Ordinal);
        return query.Page(inForce, rate => rate.Id, RateDocument.Of) is { } page ? TypedResults.Ok(page) : query.Errors.ToProblem();
    }
}
