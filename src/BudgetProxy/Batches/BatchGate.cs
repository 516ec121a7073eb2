using System.IO.Pipelines;
using BudgetProxy.Forwarding;
using BudgetProxy.Gateway;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>The beginning of every call to a batch route: whose it is. Then the route's own work, and the refusal where there is one.</summary>
public sealed class BatchGate(CallIdentifier identifier, CallsInFlight calls, OpenBodies bodies, ProxyMetrics metrics, TimeProvider clock)
{
    /// <summary>A body must be whole by then.</summary>
    public static readonly TimeSpan BodyLimit = TimeSpan.FromMinutes(15);

    /// <summary>Runs a route's work for an identified call.</summary>
    /// <param name="work">Answers the call itself, or gives the refusal to answer with.</param>
    public RequestDelegate For(ProviderRoute route, Func<Call, Task<GatewayRefusal?>> work) =>
        context => GatewayEndpoints.CountAsync(context, counted => RunAsync(counted, route, work), calls);

    /// <summary>The same for a route that takes a long body in: so many at once, each in its time.</summary>
    public RequestDelegate ForBody(ProviderRoute route, Func<Call, Task<GatewayRefusal?>> work) => For(route, call => TakeAsync(call, work));

    private async Task RunAsync(HttpContext context, ProviderRoute route, Func<Call, Task<GatewayRefusal?>> work)
    {
        var now = clock.GetUtcNow();
        using var call = new Call(context, route, Guid.CreateVersion7(now), now);
        context.Response.Headers[HeaderNames.RequestId] = call.Id.ToString();
        var refusal = RequestFraming.Check(context.Request) ?? identifier.Identify(call) ?? CallAttribution.Attribute(call, null) ?? await TryAsync(call, work);
        if (refusal is null)
            return;
        metrics.CallRefused(refusal.Code, call.Tenant?.Id, refusal.Budget?.Budget.Name);
        await RefusalWriter.WriteAsync(context, route.Provider, refusal);
    }

    private async Task<GatewayRefusal?> TakeAsync(Call call, Func<Call, Task<GatewayRefusal?>> work)
    {
        var tenant = call.Tenant.Id;
        if (!bodies.TryEnter(tenant))
            return BatchRefusals.TooManyBodies;
        try
        {
            using var timer = new CancellationTokenSource(BodyLimit, clock);
            await using var registration = timer.Token.UnsafeRegister(
                static reader => ((PipeReader)reader!).CancelPendingRead(), call.Context.Request.BodyReader);
            return await work(call);
        }
        finally
        {
            bodies.Leave(tenant);
        }
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
