using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>
/// Free loopback ports below the range that the kernel takes outgoing connections from: a server that was killed finds its port free when it
/// is started again, however many connections were made meanwhile.
/// </summary>
internal static class FreePort
{
    private const int First = 10_000;
    private const int End = 30_000;

    private static readonly ConcurrentDictionary<int, bool> Given = new();

    public static int Next()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = Random.Shared.Next(First, End);
            if (Given.TryAdd(port, true) && IsFree(port))
                return port;
        }

        throw new InvalidOperationException("No free port was found.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
