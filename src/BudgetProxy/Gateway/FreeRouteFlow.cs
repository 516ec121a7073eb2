using BudgetProxy.Forwarding;
using BudgetProxy.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace BudgetProxy.Gateway;

/// <summary>Forwards the routes that cost nothing (lists of models, Anthropic's own token count): the key is checked, nothing is metered.</summary>
public sealed class FreeRouteFlow(
    CallIdentifier identifier, ProviderForwarder forwarder, ProviderTargets targets, ProxyMetrics metrics, ProxyOptions options)
{
    public async Task RunAsync(HttpContext context, ProviderRoute route, DateTimeOffset now)
    {
        using var call = new Call(context, route, Guid.CreateVersion7(now), now);
        context.Response.Headers[HeaderNames.RequestId] = call.Id.ToString();
        var refusal = RequestFraming.Check(context.Request) ?? identifier.Identify(call) ?? CheckLength(context);
        if (refusal is not null)
        {
            metrics.CallRefused(refusal.Code, call.Tenant?.Id);
            await RefusalWriter.WriteAsync(context, route.Provider, refusal);
            return;
        }

        await ForwardAsync(call, UpstreamPath(context, route));
    }

    /// <summary>Forwards a call whose key was checked.</summary>
    /// <param name="path">The path at the provider, below its base URL.</param>
    /// <returns>HTTP status of the provider's answer; 0 = none came.</returns>
    public async Task<int> ForwardAsync(Call call, string path)
    {
        var (context, route) = (call.Context, call.Route);
        using var exchange = new FreeExchange(targets[route.Provider], path);
        var ended = await forwarder.SendAsync(context, exchange);
        var keyRefused = exchange.Status == StatusCodes.Status401Unauthorized;
        if ((ended == ForwarderError.None && !keyRefused) || exchange.ClientGone || context.Response.HasStarted)
            return exchange.Status;
        context.Response.Clear();
        context.Response.Headers[HeaderNames.RequestId] = call.Id.ToString();
        // Nothing is billed here, so a retry is always safe.
        await RefusalWriter.WriteAsync(context, route.Provider, keyRefused ? Refusals.ProviderKeyRefused
            : exchange.Cut ? Refusals.ShuttingDown(mayHaveBegun: false)
            : ended == ForwarderError.RequestBodyClient ? Refusals.TooLarge(options.MaxBodyBytes)
            : Refusals.ProviderFailed(ended == ForwarderError.RequestTimedOut, mayHaveBegun: false));
        return exchange.Status;
    }

    private GatewayRefusal? CheckLength(HttpContext context)
    {
        if (context.Request.ContentLength > options.MaxBodyBytes)
            return Refusals.TooLarge(options.MaxBodyBytes);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = options.MaxBodyBytes;
        return null;
    }

    /// <summary>One path segment of the client's may stand in the path; it is escaped again, so it can't name another route.</summary>
    private static string UpstreamPath(HttpContext context, ProviderRoute route) =>
        context.Request.RouteValues["model"] is string model ? route.UpstreamPath + Uri.EscapeDataString(model) : route.UpstreamPath;
}
