using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace BudgetProxy.Dashboard.Sessions;

/// <summary>Whose address asks, also through reverse proxies that are trusted to say so.</summary>
internal sealed class ClientAddress
{
    /// <summary>Null = none is trusted. With no network at all this middleware would believe everybody.</summary>
    private readonly ForwardedHeadersMiddleware? _forwarders;

    /// <param name="trusted">Where those proxies are.</param>
    public ClientAddress(IReadOnlyList<IPNetwork> trusted, ILoggerFactory loggers)
    {
        if (trusted.Count == 0)
            return;
        // As many hops as are trusted; the first that is not is who asks.
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in trusted)
            forwarded.KnownIPNetworks.Add(network);
        _forwarders = new ForwardedHeadersMiddleware(static _ => Task.CompletedTask, loggers, Options.Create(forwarded));
    }

    /// <summary>Null where the connection has none.</summary>
    public IPAddress? Of(HttpContext http)
    {
        _forwarders?.ApplyForwarders(http);
        return http.Connection.RemoteIpAddress;
    }
}
