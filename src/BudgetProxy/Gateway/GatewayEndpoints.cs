using BudgetProxy.Core.Requests;
using BudgetProxy.Forwarding;
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
        var calls = endpoints.ServiceProvider.GetRequiredService<CallsInFlight>();
        var clock = endpoints.ServiceProvider.GetRequiredService<TimeProvider>();
        foreach (var route in ProviderRoutes.All)
        {
            RequestDelegate run = route.Api is null
                ? context => free.RunAsync(context, route, clock.GetUtcNow())
                : context => flow.RunAsync(context, route, clock.GetUtcNow());
            endpoints.MapMethods(route.Path, [route.Method], context => CountAsync(context, run, calls));
        }

        foreach (var provider in Enum.GetValues<Provider>())
            endpoints.Map($"/{provider.Name()}/{{**path}}", context => RefuseRouteAsync(context, provider, metrics, clock));
        endpoints.MapPost("/v1/estimate/{provider}/{**route}", estimate.RunAsync);
        return endpoints;
    }

    /// <summary>A call is in flight until its settling is done: the process does not end before.</summary>
    internal static async Task CountAsync(HttpContext context, RequestDelegate run, CallsInFlight calls)
    {
        calls.Enter();
        try
        {
            // So that a client's next call goes elsewhere, and does not meet a connection that is just closing.
            if (calls.Closing && context.Request.Protocol == HttpProtocol.Http11)
                context.Response.Headers.Connection = "close";
            await run(context);
        }
        finally
        {
            calls.Leave();
        }
    }

    private static bool IsSocket(HttpRequest request) =>
        request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase)
        || (HttpMethods.IsConnect(request.Method) && request.Protocol != HttpProtocol.Http11);

    private static Task RefuseRouteAsync(HttpContext context, Provider provider, ProxyMetrics metrics, TimeProvider clock)
    {
        metrics.CallRefused(Refusals.UnsupportedRoute.Code);
        context.Response.Headers[HeaderNames.RequestId] = Guid.CreateVersion7(clock.GetUtcNow()).ToString();
        var reason = IsSocket(context.Request) ? "a socket spends without end, and no reservation bounds it." : UnsupportedRoutes.ReasonOf(context.Request.Path);
        return RefusalWriter.WriteAsync(context, provider, reason is null ? Refusals.UnsupportedRoute : Refusals.Unsupported(reason));
    }
}
