using BudgetProxy.Reservations;

namespace BudgetProxy.Checks;

/// <summary>
/// Finishes what a request began and did not end, because its proxy died or the books were away: settlements are booked, voids carried out, and what was held
/// for a client that never had its answer is given back. Every proxy does; that two do it at once is harmless.
/// </summary>
public sealed partial class DirectKeeper(IDirectReservationStore rows, DirectBooks books, TimeProvider clock, ILogger<DirectKeeper> logger) : BackgroundService
{
    /// <summary>Reservations of one round at most.</summary>
    private const int Most = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>A request that is at it has ended by then.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    /// <summary>For so long a client may ask again for what it had no answer to.</summary>
    private static readonly TimeSpan Asking = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Kept = TimeSpan.FromDays(DirectReservations.KeptDays);

    /// <summary>One round.</summary>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        foreach (var reservation in await rows.UnfinishedAsync(now - Settling, now - Asking, Most, cancellationToken))
        {
            try
            {
                await FinishAsync(reservation, now, cancellationToken);
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                // One that can't be finished keeps none of the others from it.
                Log.Unfinished(logger, failed);
            }
        }

        await rows.ForgetAsync(now - Kept, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (StoreUnavailableException away)
            {
                Log.StoreAway(logger, away);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unforeseen)
            {
                Log.Unfinished(logger, unforeseen);
            }

            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FinishAsync(DirectReservation reservation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (reservation.State)
        {
            case DirectState.Settling:
                await books.SettleAsync(reservation, cancellationToken);
                break;
            case DirectState.Voiding:
                await books.VoidAsync(reservation, forget: reservation.Answer is null, cancellationToken);
                break;
            case DirectState.Asked when await rows.MoveAsync(reservation.Id, DirectState.Asked, DirectState.Voiding, null, null, now, cancellationToken):
                await books.VoidAsync(reservation, forget: true, cancellationToken);
                break;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7031, LogLevel.Warning, "Reservations can't be finished while the store is away; it is tried again.")]
        public static partial void StoreAway(ILogger logger, Exception exception);

        [LoggerMessage(7032, LogLevel.Error, "A reservation could not be finished; it is tried again.")]
        public static partial void Unfinished(ILogger logger, Exception exception);
    }
}
