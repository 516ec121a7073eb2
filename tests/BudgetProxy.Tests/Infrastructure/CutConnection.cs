using System.Net;
using System.Net.Sockets;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>One connection through a <see cref="CuttingProxy"/>.</summary>
internal sealed class CutConnection(CuttingProxy proxy, Socket client)
{
    /// <summary>From the request to the cut: the server has long carried it out by then.</summary>
    private static readonly TimeSpan UntilCarriedOut = TimeSpan.FromMilliseconds(50);

    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private volatile bool _repliesLost;

    public async Task RunAsync(int target)
    {
        client.NoDelay = true;
        try
        {
            await _server.ConnectAsync(IPAddress.Loopback, target);
            await Task.WhenAny(PassAsync(client, _server, requests: true), PassAsync(_server, client, requests: false));
        }
        catch (Exception unreachable) when (unreachable is SocketException or ObjectDisposedException)
        {
            // The target is down: so is the connection.
        }

        Cut();
    }

    public void Cut()
    {
        client.Dispose();
        _server.Dispose();
        proxy.Closed(this);
    }

    private async Task PassAsync(Socket from, Socket to, bool requests)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var length)
            {
                if (proxy.Extra is { Ticks: > 0 } extra)
                    await Task.Delay(extra);
                await proxy.WhenOpenAsync();
                if (!requests && _repliesLost)
                    continue;
                if (requests && proxy.TakeLoss(buffer.AsSpan(0, length)))
                    LoseReplies();
                await to.SendAsync(buffer.AsMemory(0, length));
            }
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // Cut from either side, or by a test.
        }
    }

    private void LoseReplies()
    {
        _repliesLost = true;
        _ = CutSoonAsync();
    }

    private async Task CutSoonAsync()
    {
        await Task.Delay(UntilCarriedOut);
        Cut();
    }
}
