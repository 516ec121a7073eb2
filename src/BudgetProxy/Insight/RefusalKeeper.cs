using BudgetProxy.Forwarding;
using BudgetProxy.Reservations;

namespace BudgetProxy.Insight;

/// <summary>
/// Once a second, beside the calls: writes down what was refused, and tells the others what this proxy is at. A process that is killed loses the refusals of
/// its last second; where the store's answer to a write is lost, those of that second may be counted twice.
/// </summary>
public sealed partial class RefusalKeeper(
    RefusalTally tally, IInsightStore store, CallsInFlight calls, TimeProvider clock, ILogger<RefusalKeeper> logger) : BackgroundService
{
    /// <summary>Rows of one write: SQLite's one writer waits for no more.</summary>
    private const int MostRows = 250;

    /// <summary>Tenants that are told apart in a pulse.</summary>
    private const int MostTold = 100;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ForgetPeriod = TimeSpan.FromHours(1);

    private readonly string _name = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N");
    private DateTimeOffset _nextForget;
    private bool _works = true;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            await TryAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private static Dictionary<string, long> Told(Dictionary<string, long> refused)
    {
        var told = refused.Where(tenant => tenant.Key.Length > 0).OrderByDescending(tenant => tenant.Value).Take(MostTold).ToDictionary(StringComparer.Ordinal);
        var rest = refused.Values.Sum() - told.Values.Sum();
        if (rest > 0)
            told[""] = rest;
        return told;
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(cancellationToken);
            await store.BeatAsync(new ProxyPulse(_name, calls.Count, 0, Told(tally.OfLate())), cancellationToken);
            var now = clock.GetUtcNow();
            if (now >= _nextForget)
            {
                await store.ForgetRefusalsAsync(now - RefusalLimits.Kept, cancellationToken);
                _nextForget = now + ForgetPeriod;
            }

            _works = true;
        }
        catch (StoreUnavailableException failed)
        {
            if (_works)
                Log.Failed(logger, failed);
            _works = false;
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        var counts = tally.Take();
        for (var written = 0; written < counts.Count; written += MostRows)
        {
            try
            {
                await store.AddRefusalsAsync([.. counts.Skip(written).Take(MostRows)], cancellationToken);
            }
            catch (Exception failed) when (failed is StoreUnavailableException or OperationCanceledException)
            {
                tally.GiveBack([.. counts.Skip(written)]);
                throw;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6101, LogLevel.Warning, "Refusals can't be written down just now; they are kept and tried again every second.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
