using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>
/// A TCP proxy on loopback that stands before a store and is the bad network: it delays, cuts, refuses, swallows, and loses single replies. It
/// passes everything until told otherwise.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly int _target;
    private readonly ConcurrentDictionary<CutConnection, bool> _open = new();
    private readonly Lock _listening = new();
    private TcpListener? _listener;
    private volatile TaskCompletionSource? _hole;
    private volatile byte[] _lost = [];
    private long _delayTicks;
    private int _toLose;
    private int _repliesLost;

    private CuttingProxy(int target) => _target = target;

    public int Port { get; } = FreePort.Next();

    /// <summary>Replies that never arrived though their requests were carried out.</summary>
    public int RepliesLost => Volatile.Read(ref _repliesLost);

    /// <summary>Each way takes this much longer.</summary>
    internal TimeSpan Extra => new(Interlocked.Read(ref _delayTicks));

    /// <summary>Starts one before a loopback port.</summary>
    public static CuttingProxy Start(int target)
    {
        var proxy = new CuttingProxy(target);
        proxy.Pass();
        return proxy;
    }

    /// <summary>Passes everything again, what was swallowed included.</summary>
    public void Pass()
    {
        Interlocked.Exchange(ref _delayTicks, 0);
        Interlocked.Exchange(ref _hole, null)?.SetResult();
        Listen();
    }

    /// <summary>From now on every piece of data takes this much longer, each way.</summary>
    public void Delay(TimeSpan each) => Interlocked.Exchange(ref _delayTicks, each.Ticks);

    /// <summary>Cuts every connection there is. New ones are taken.</summary>
    public void CutAll()
    {
        foreach (var connection in _open.Keys)
            connection.Cut();
    }

    /// <summary>Cuts every connection and takes no new one.</summary>
    public void Refuse()
    {
        lock (_listening)
        {
            _listener?.Dispose();
            _listener = null;
        }

        CutAll();
    }

    /// <summary>Connections are taken and stay open, and nothing comes through: what either side sent meanwhile arrives once it passes again.</summary>
    public void BlackHole() => _hole ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Loses the reply to each of the next requests that contain a text: they are carried out, their answer never arrives, and their connection
    /// is cut.
    /// </summary>
    public void LoseReplies(int count, string requestContains)
    {
        _lost = Encoding.ASCII.GetBytes(requestContains);
        Volatile.Write(ref _toLose, count);
    }

    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _hole, null)?.SetResult();
        Refuse();
        return ValueTask.CompletedTask;
    }

    /// <summary>Returns once data may pass.</summary>
    internal Task WhenOpenAsync() => _hole?.Task ?? Task.CompletedTask;

    /// <summary>Whether the reply to this request is to be lost; counts it.</summary>
    internal bool TakeLoss(ReadOnlySpan<byte> request)
    {
        if (Volatile.Read(ref _toLose) <= 0 || request.IndexOf(_lost) < 0 || Interlocked.Decrement(ref _toLose) < 0)
            return false;
        Interlocked.Increment(ref _repliesLost);
        return true;
    }

    internal void Closed(CutConnection connection) => _open.TryRemove(connection, out _);

    private void Listen()
    {
        lock (_listening)
        {
            if (_listener is not null)
                return;
            _listener = new TcpListener(IPAddress.Loopback, Port);
            _listener.Start();
            _ = AcceptAsync(_listener);
        }
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                var connection = new CutConnection(this, await listener.AcceptSocketAsync());
                _open.TryAdd(connection, true);
                _ = connection.RunAsync(_target);
            }
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // No longer listening.
        }
    }
}
