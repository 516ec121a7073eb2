using System.Net;
using System.Net.Sockets;

namespace BudgetProxy.Alerts;

/// <summary>
/// Connects to where a webhook's URL leads, but never to link-local addresses or those where clouds hand credentials to machines: what an admin's key can
/// name must not be where this machine's own identity is asked for. Other private addresses are allowed, since that is where an operator's own receivers
/// stand. The address that was judged is the one that is connected to, so a name that changes its answer gains nothing.
/// </summary>
internal static class AddressGuard
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>169.254.0.0/16 and fe80::/10 are link-local (RFC 3927, RFC 4291); AWS, GCP and Azure answer at 169.254.169.254.</summary>
    private static readonly IPNetwork[] Forbidden =
    [
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("fd00:ec2::/32"), // AWS by IPv6
        IPNetwork.Parse("fd20:ce::/32"), // GCP by IPv6
        IPNetwork.Parse("100.100.100.200/32"), // Alibaba Cloud
        IPNetwork.Parse("168.63.129.16/32"), // Azure's wire server
        IPNetwork.Parse("192.0.0.192/32"), // Oracle Cloud
    ];

    /// <summary>NAT64 (RFC 6052): the last four bytes are an IPv4 address.</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool IsForbidden(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        else if (Nat64.Contains(address))
            address = new IPAddress(address.GetAddressBytes()[12..]);
        return Forbidden.Any(network => network.Contains(address)) || address.IsIPv6LinkLocal;
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        var allowed = addresses.Where(address => !IsForbidden(address)).ToArray();
        if (allowed.Length == 0)
            throw new HttpRequestException("The host is a link-local or metadata address, which no webhook may name.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, limit.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new HttpRequestException($"No connection within {ConnectLimit.TotalSeconds:0} s.", late);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
