using BudgetProxy.Admin;
using BudgetProxy.Ledger;
using BudgetProxy.Stripe;
using BudgetProxy.Tenants;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Insight;

/// <summary><c>/overview</c>, <c>/tenants/{tenant}/overview</c>, <c>/calls</c>, <c>/live</c>, <c>/health</c>: what those who look on ask for.</summary>
internal static class InsightApi
{
    private const int DefaultDays = 30;
    private const int DefaultCalls = 50;
    private const int MostCalls = 200;

    /// <summary>HTTP statuses that a filter can name; 0 = no answer came.</summary>
    private const int HighestStatus = 599;

    public static void Map(IEndpointRouteBuilder admin)
    {
        admin.MapGet("/overview", (HttpRequest request, Overviews overviews, CancellationToken stop) => OverviewAsync(null, request, overviews, stop));
        admin.MapGet("/tenants/{tenant}/overview", TenantOverviewAsync);
        admin.MapGet("/calls", CallsAsync);
        admin.MapGet("/live", LiveAsync);
        admin.MapGet("/health", HealthAsync);
    }

    private static async Task<Results<Ok<OverviewDocument>, ProblemHttpResult>> TenantOverviewAsync(
        string tenant, HttpRequest request, Overviews overviews, TenantDirectory directory, CancellationToken cancellationToken) =>
        directory.Current.FindTenant(tenant) is null ? Problems.NoSuchTenant() : await OverviewAsync(tenant, request, overviews, cancellationToken);

    private static async Task<Results<Ok<OverviewDocument>, ProblemHttpResult>> OverviewAsync(
        string? tenant, HttpRequest request, Overviews overviews, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request.Query);
        var days = query.Whole("days", DefaultDays, 1, Overviews.MostDays);
        query.RefuseUnknown();
        return query.Errors.Any ? query.Errors.ToProblem() : TypedResults.Ok(await overviews.MakeAsync(tenant, days, cancellationToken));
    }

    private static async Task<Results<Ok<ListPage<LedgerDocument>>, ProblemHttpResult>> CallsAsync(
        HttpRequest request, ILedger ledger, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request.Query);
        var status = query.Text("status") is null ? (int?)null : query.Whole("status", 0, 0, HighestStatus);
        var filter = new CallFilter(query.Text("tenant"), query.Text("user"), query.Text("model"), status);
        var most = query.Whole("limit", DefaultCalls, 1, MostCalls);
        var after = query.Text("after");
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        try
        {
            var page = await ledger.NewestAsync(filter, after, most, cancellationToken);
            return TypedResults.Ok(new ListPage<LedgerDocument>([.. page.Entries.Select(LedgerDocument.Of)], page.Next));
        }
        catch (FormatException)
        {
            query.Errors.Add("after", "Must be the 'next' of the page before, as it was given.");
            return query.Errors.ToProblem();
        }
    }

    private static async Task<Results<Ok<LiveDocument>, ProblemHttpResult>> LiveAsync(HttpRequest request, LiveView live, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request.Query);
        query.RefuseUnknown();
        return query.Errors.Any ? query.Errors.ToProblem() : TypedResults.Ok(await live.GetAsync(cancellationToken));
    }

    private static async Task<Results<Ok<HealthDocument>, ProblemHttpResult>> HealthAsync(HttpRequest request, HealthView health, CancellationToken cancellationToken)
    {
        var query = new QueryReader(request.Query);
        var providers = query.Flag("providers");
        query.RefuseUnknown();
        if (query.Errors.Any)
            return query.Errors.ToProblem();
        var stripe = providers ? request.HttpContext.RequestServices.GetService<StripeCheck>()?.RunAsync(cancellationToken) : null;
        var document = await health.CheckAsync(providers, cancellationToken);
        return TypedResults.Ok(stripe is null ? document : document with { Stripe = await stripe });
    }
}
