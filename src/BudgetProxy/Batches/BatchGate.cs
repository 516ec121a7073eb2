using BudgetProxy.Forwarding;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>The beginning of every call to a batch route: whose it is. Then the route's own work, and the refusal where there is one.</summary>
public sealed class BatchGate(CallIdentifier identifier, CallsInFlight calls, ProxyMetrics metrics, TimeProvider clock)
{
    /// <summary>Runs a route's work for an identified call.</summary>
    /// <param name="work">Answers the call itself, or gives the refusal to answer with.</param>
    public RequestDelegate For(ProviderRoute route, Func<Call, Task<GatewayRefusal?>> work) =>
        context => GatewayEndpoints.CountAsync(context, counted => RunAsync(counted, route, work), calls);

    private async Task RunAsync(HttpContext context, ProviderRoute route, Func<Call, Task<GatewayRefusal?>> work)
    {
        var now = clock.GetUtcNow();
        using var call = new Call(context, route, Guid.CreateVersion7(now), now);
        context.Response.Headers[HeaderNames.RequestId] = call.Id.ToString();
        var refusal = RequestFraming.Check(context.Request) ?? identifier.Identify(call) ?? CallAttribution.Attribute(call, null) ?? await TryAsync(call, work);
        if (refusal is null)
            return;
        metrics.CallRefused(refusal.Code);
        await RefusalWriter.WriteAsync(context, route.Provider, refusal);
    }

    private async ValueTask<GatewayRefusal?> TryAsync(Call call, Func<Call, Task<GatewayRefusal?>> work)
    {
        try
        {
            return await work(call);
        }
        catch (StoreUnavailableException)
        {
            metrics.StoreFailed();
            return Refusals.StoreUnavailable;
        }
    }
}
