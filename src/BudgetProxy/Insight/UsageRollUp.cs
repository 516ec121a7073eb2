using BudgetProxy.Ledger;
using BudgetProxy.Reservations;

namespace BudgetProxy.Insight;

/// <summary>
/// Adds entries to the sums that totals are read from, once a second, as far as the store does not do it by itself; a ledger of before there were sums bit by
/// bit, while calls are served. Goes on where it was after a restart.
/// </summary>
public sealed partial class UsageRollUp(ILedger ledger, TimeProvider clock, ILogger<UsageRollUp> logger) : BackgroundService
{
    /// <summary>Entries of one step: some milliseconds of SQLite's one writer.</summary>
    private const int StepSize = 500;

    /// <summary>
    /// Entries of one step at most, where it is far behind: the more at once, the more of them are of one row and the fewer pages are written, so that it catches up;
    /// some tens of milliseconds.
    /// </summary>
    private const int MostAtOnce = 4_000;

    /// <summary>From so many on it is told how far it is.</summary>
    private const long Many = 100_000;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TellPeriod = TimeSpan.FromSeconds(10);

    private long _told;
    private bool _works = true;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                await CatchUpAsync(stoppingToken);
                _works = true;
            }
            catch (StoreUnavailableException failed)
            {
                if (_works)
                    Log.Failed(logger, failed);
                _works = false;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>How many entries to add in one step where so many are left.</summary>
    internal static int StepAfter(long left) => (int)Math.Clamp(left / 2, StepSize, MostAtOnce);

    private async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        var (many, size) = (false, StepSize);
        while (await ledger.RollUpAsync(size, cancellationToken) is { Left: > 0 } step)
        {
            size = StepAfter(step.Left);
            many |= step.Left > Many;
            if (!many || (_told != 0 && clock.GetElapsedTime(_told) < TellPeriod))
                continue;
            _told = clock.GetTimestamp();
            Log.Goes(logger, step.Left);
        }

        if (many)
            Log.Done(logger);
    }

    private static partial class Log
    {
        [LoggerMessage(6103, LogLevel.Information, "The ledger is being added up for reports: about {Left} entries are left. Reports are right meanwhile, and slower.")]
        public static partial void Goes(ILogger logger, long left);

        [LoggerMessage(6104, LogLevel.Information, "The ledger is added up.")]
        public static partial void Done(ILogger logger);

        [LoggerMessage(6105, LogLevel.Warning, "Entries can't be added up just now; tried again every second. Reports are right meanwhile, and slower.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
