using Microsoft.AspNetCore.Http.HttpResults;

namespace BudgetProxy.Hosting;

/// <summary><c>/metrics</c>. It takes <see cref="PrometheusText"/> from the services, which counts from when it is made.</summary>
public static class MetricsEndpoint
{
    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/metrics", Get);
        return routes;
    }

    private static ContentHttpResult Get(PrometheusText page) => TypedResults.Content(page.Render(), PrometheusText.ContentType);
}
