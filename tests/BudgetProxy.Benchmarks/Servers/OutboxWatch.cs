using System.Diagnostics;

namespace BudgetProxy.Benchmarks.Servers;

/// <summary>Looks at the outbox while a load runs, and waits after it until all entries are in Postgres.</summary>
internal sealed class OutboxWatch : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAtEnd = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly StoreServers _servers;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;
    private long _longest;

    public OutboxWatch(StoreServers servers)
    {
        _servers = servers;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>To be called when the load has ended.</summary>
    /// <exception cref="InvalidOperationException">Entries are left after minutes.</exception>
    public async Task<OutboxRun> WhenEmptyAsync()
    {
        var ended = Stopwatch.GetTimestamp();
        await _stop.CancelAsync();
        await _watching;
        for (var left = await LookAsync(); left > 0; left = await LookAsync())
        {
            if (Stopwatch.GetElapsedTime(ended) > Limit)
                throw new InvalidOperationException($"{left:N0} entries are in the outbox {Limit.TotalMinutes:0} minutes after the load.");
            await Task.Delay(PauseAtEnd);
        }

        return new OutboxRun(_longest, Stopwatch.GetElapsedTime(ended));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await LookAsync();
            await Task.WhenAny(Task.Delay(Period, _stop.Token));
        }
    }

    private async Task<long> LookAsync()
    {
        var length = await _servers.OutboxLengthAsync();
        _longest = Math.Max(_longest, length);
        return length;
    }
}
