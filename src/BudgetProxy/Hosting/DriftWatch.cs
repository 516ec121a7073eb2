using BudgetProxy.Reservations;

namespace BudgetProxy.Hosting;

/// <summary>Compares the counters with the ledger every minute, beside the calls' path: they must agree at all times.</summary>
public sealed partial class DriftWatch(IReservationStore store, TimeProvider clock, ProxyMetrics metrics, ILogger<DriftWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var drift = await store.MeasureDriftAsync(stoppingToken);
                metrics.DriftMeasured(drift);
                if (drift != 0)
                    Log.Drifted(logger, drift);
            }
            catch (StoreUnavailableException unavailable)
            {
                Log.Failed(logger, unavailable);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(3011, LogLevel.Error, "Counters are {Drift} units away from the ledger. The ledger is right: a budget that is deleted and made again is counted from it.")]
        public static partial void Drifted(ILogger logger, long drift);

        [LoggerMessage(3012, LogLevel.Error, "The counters could not be compared with the ledger; tried again in a minute.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
