using System.Collections.Concurrent;

namespace BudgetProxy.Gateway;

/// <summary>
/// Calls that ended while the store could not be written: booked in the background, again and again, until they are. Their reservations stand
/// in the store meanwhile, so a crash loses nothing: the next start charges them as Presumed.
/// </summary>
public sealed partial class UnsettledCalls(CallBooks books, TimeProvider clock, ILogger<UnsettledCalls> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<UnsettledCall> _waiting = new();

    public void Add(UnsettledCall call)
    {
        _waiting.Enqueue(call);
        Log.NotBooked(logger, call.Id);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await BookAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await BookAsync();
    }

    /// <summary>Tries each once; one that fails goes to the end, so that it keeps none back.</summary>
    private async Task BookAsync()
    {
        for (var remaining = _waiting.Count; remaining > 0 && _waiting.TryDequeue(out var call); remaining--)
        {
            if (await books.TryBookAsync(call.Tenant, call.Id, call.Settlement, call.Reserved))
                Log.Booked(logger, call.Id);
            else
                _waiting.Enqueue(call);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Error, "Call {Id} ended but could not be booked: the store can't be written. It is tried again every second.")]
        public static partial void NotBooked(ILogger logger, Guid id);

        [LoggerMessage(2002, LogLevel.Information, "Call {Id} is booked.")]
        public static partial void Booked(ILogger logger, Guid id);
    }
}
