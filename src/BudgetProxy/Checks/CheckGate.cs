using BudgetProxy.Alerts;
using BudgetProxy.Core.Requests;
using BudgetProxy.Forwarding;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Checks;

/// <summary>The beginning of every call to a route of this folder: whose it is. Then the route's own work, and the refusal where there is one, in OpenAI's shape.</summary>
public sealed class CheckGate(CallIdentifier identifier, CallsInFlight calls, ProxyMetrics metrics, CallSignals signals, TimeProvider clock)
{
    /// <summary>Runs a route's work for an identified call.</summary>
    /// <param name="work">Answers the call itself, or gives the refusal to answer with.</param>
    /// <param name="evenSuspended">True where a suspended account may: what was spent is booked all the same.</param>
    public RequestDelegate For(string method, string path, Func<Call, Task<GatewayRefusal?>> work, bool evenSuspended = false)
    {
        var route = new ProviderRoute(Provider.OpenAi, method, path, path, null);
        return context => GatewayEndpoints.CountAsync(context, counted => RunAsync(counted, route, work, evenSuspended), calls);
    }

    private async Task RunAsync(HttpContext context, ProviderRoute route, Func<Call, Task<GatewayRefusal?>> work, bool evenSuspended)
    {
        var now = clock.GetUtcNow();
        using var call = new Call(context, route, Guid.CreateVersion7(now), now);
        context.Response.Headers[HeaderNames.RequestId] = call.Id.ToString();
        var refusal = RequestFraming.Check(context.Request) ?? Identify(call, evenSuspended) ?? CallAttribution.Attribute(call, null) ?? await TryAsync(call, work);
        if (refusal is null)
            return;
        signals.Refused(call.Tenant?.Id, refusal.Code, refusal.Budget);
        metrics.CallRefused(refusal.Code, call.Tenant?.Id, refusal.Budget?.Budget.Name);
        await RefusalWriter.WriteAsync(context, route.Provider, refusal);
    }

    private GatewayRefusal? Identify(Call call, bool evenSuspended)
    {
        var refusal = identifier.Identify(call);
        return evenSuspended && ReferenceEquals(refusal, Refusals.Suspended) ? null : refusal;
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
            return CheckRefusals.StoreUnavailable;
        }
    }
}
