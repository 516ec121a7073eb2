using BudgetProxy.Reservations;

namespace BudgetProxy.Hosting;

/// <summary>Charges reservations past their lifetime as Presumed, every few seconds, whatever else happens.</summary>
public sealed partial class ReservationExpiry(
    IReservationStore store, TimeProvider clock, ProxyMetrics metrics, ILogger<ReservationExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var expired = await store.ExpireAsync(stoppingToken);
                metrics.ReservationsExpired(expired);
                if (expired > 0)
                    Log.Expired(logger, expired);
            }
            catch (StoreUnavailableException unavailable)
            {
                Log.Failed(logger, unavailable);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3001, LogLevel.Warning, "{Count} reservations outlived their lifetime and were charged as presumed.")]
        public static partial void Expired(ILogger logger, int count);

        [LoggerMessage(3002, LogLevel.Error, "Reservations could not be expired; tried again shortly.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
