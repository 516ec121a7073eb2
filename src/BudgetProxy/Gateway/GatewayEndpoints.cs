using BudgetProxy.Core.Requests;
using BudgetProxy.Hosting;

namespace BudgetProxy.Gateway;

/// <summary>The data plane's paths: every known route, and a refusal for all else below a provider's name.</summary>
public static class GatewayEndpoints
{
    public static IEndpointRouteBuilder MapGateway(this IEndpointRouteBuilder endpoints)
    {
        var flow = endpoints.ServiceProvider.GetRequiredService<RequestFlow>();
        var free = endpoints.ServiceProvider.GetRequiredService<FreeRouteFlow>();
        var estimate = endpoints.ServiceProvider.GetRequiredService<EstimateEndpoint>();
        var metrics = endpoints.ServiceProvider.GetRequiredService<ProxyMetrics>();
        var clock = endpoints.ServiceProvider.GetRequiredService<TimeProvider>();
        foreach (var route in ProviderRoutes.All)
        {
            RequestDelegate run = route.Api is null
                ? context => free.RunAsync(context, route, clock.GetUtcNow())
                : context => flow.RunAsync(context, route, clock.GetUtcNow());
            endpoints.MapMethods(route.Path, [route.Method], run);
        }

        foreach (var provider in Enum.GetValues<Provider>())
            endpoints.Map($"/{provider.Name()}/{{**path}}", context => RefuseRouteAsync(context, provider, metrics, clock));
        endpoints.MapPost("/v1/estimate/{provider}/{**route}", estimate.RunAsync);
        return endpoints;
    }

    private static Task RefuseRouteAsync(HttpContext context, Provider provider, ProxyMetrics metrics, TimeProvider clock)
    {
        metrics.CallRefused(Refusals.UnsupportedRoute.Code);
        context.Response.Headers[HeaderNames.RequestId] = Guid.CreateVersion7(clock.GetUtcNow()).ToString();
        return RefusalWriter.WriteAsync(context, provider, Refusals.UnsupportedRoute);
    }
}
