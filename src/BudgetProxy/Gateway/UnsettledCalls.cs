using System.Collections.Concurrent;
using BudgetProxy.Reservations;

namespace BudgetProxy.Gateway;

/// <summary>
/// Calls that ended while the store could not be written: booked in the background, again and again, until they are. Their reservations stand
/// in the store meanwhile, so a crash loses nothing: the next start charges them as Presumed.
/// </summary>
public sealed partial class UnsettledCalls(IReservationStore store, ILogger<UnsettledCalls> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<(Guid Id, Settlement? Settlement)> _waiting = new();

    public int Count => _waiting.Count;

    /// <param name="settlement">Null = void.</param>
    public void Add(Guid id, Settlement? settlement)
    {
        _waiting.Enqueue((id, settlement));
        Log.NotBooked(logger, id);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await BookAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await BookAsync();
    }

    private async Task BookAsync()
    {
        for (var remaining = _waiting.Count; remaining > 0 && _waiting.TryPeek(out var call); remaining--)
        {
            try
            {
                if (call.Settlement is null)
                    await store.VoidAsync(call.Id, CancellationToken.None);
                else
                    await store.SettleAsync(call.Id, call.Settlement, CancellationToken.None);
            }
            catch (StoreUnavailableException)
            {
                return;
            }

            _waiting.TryDequeue(out _);
            Log.Booked(logger, call.Id);
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
