using BudgetProxy.Reservations;

namespace BudgetProxy.Alerts;

/// <summary>
/// Finds what rings, beside the calls' path. Every proxy looks each second at what its own calls left behind. One of them, under a lease, also goes by the
/// ledger: batches, reservations charged as presumed, corrections, and what a killed proxy had not looked at yet are found there some seconds later.
/// </summary>
public sealed partial class AlertKeeper(CallSignals signals, AlertFinders finders, AlertRaiser raiser, TimeProvider clock, ILogger<AlertKeeper> logger)
    : BackgroundService
{
    /// <summary>Counters that one look reads; what is left waits for the next.</summary>
    private const int MostCounters = 5_000;

    /// <summary>Alerts of bursts and models that wait for a store that is away; more are left out.</summary>
    private const int MostWaiting = 1_000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DutyPeriod = TimeSpan.FromSeconds(10);

    private readonly List<AlertCandidate> _waiting = [];
    private long _lastDuty;
    private bool _away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            do
            {
                await TryAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The last calls are looked at by the next start, or by another proxy, from the ledger.
        }
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
            if (_lastDuty == 0 || clock.GetElapsedTime(_lastDuty) >= DutyPeriod)
            {
                await finders.Duties.RunAsync(cancellationToken);
                signals.ForgetQuiet();
                _lastDuty = clock.GetTimestamp();
            }

            _away = false;
        }
        catch (StoreUnavailableException away)
        {
            if (!_away)
                Log.StoreAway(logger, away);
            _away = true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception unforeseen)
        {
            // What one budget or one row does must not end the watching of all others.
            Log.Unforeseen(logger, unforeseen);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var burst in signals.TakeBursts())
            Wait(finders.Burst(burst));
        foreach (var model in signals.TakeModels())
            Wait(finders.Unpriced(model));
        var touched = signals.TakeTouched(MostCounters);
        try
        {
            await raiser.RaiseAsync(await finders.Thresholds.CheckAsync(touched, cancellationToken), cancellationToken);
            await raiser.RaiseAsync(_waiting, cancellationToken);
            _waiting.Clear();
        }
        catch (Exception)
        {
            foreach (var counter in touched)
                signals.Touch(counter);
            throw;
        }
    }

    private void Wait(AlertCandidate? candidate)
    {
        if (candidate is not null && _waiting.Count < MostWaiting)
            _waiting.Add(candidate);
    }

    private static partial class Log
    {
        [LoggerMessage(8011, LogLevel.Warning, "Alerts can't be found while the store is away; it is tried again every second.")]
        public static partial void StoreAway(ILogger logger, Exception exception);

        [LoggerMessage(8012, LogLevel.Error, "The watch for alerts met what it did not foresee; it goes on.")]
        public static partial void Unforeseen(ILogger logger, Exception exception);
    }
}
