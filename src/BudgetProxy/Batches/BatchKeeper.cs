using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>
/// Follows every batch to its end, beside the calls' path and whether any client still asks for it: the row says what is next, so any proxy goes on where another
/// died. One proxy is at a batch at a time.
/// </summary>
public sealed partial class BatchKeeper(IBatchStore store, BatchLook look, ProxyOptions options, TimeProvider clock, ILogger<BatchKeeper> logger) : BackgroundService
{
    /// <summary>Batches that one proxy looks at at once: one with long results holds no other up.</summary>
    private const int Workers = 2;

    private static readonly TimeSpan LongestLease = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long a dead proxy's claim keeps others away.</summary>
    private TimeSpan Lease => TimeSpan.FromTicks(Math.Clamp(options.BatchPollInterval.Ticks * 2, ShortestLease.Ticks, LongestLease.Ticks));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(stoppingToken)));

    private async Task WorkAsync(CancellationToken stoppingToken)
    {
        var owner = Guid.CreateVersion7(clock.GetUtcNow());
        var pause = TimeSpan.FromTicks(Math.Min(options.BatchPollInterval.Ticks / 2, LongestPause.Ticks));
        while (!stoppingToken.IsCancellationRequested)
        {
            if (!await TryAsync(owner, stoppingToken))
                await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // True = there may be more to do at once.
    private async Task<bool> TryAsync(Guid owner, CancellationToken stoppingToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            if (await store.ClaimAsync(owner, now, now + Lease, stoppingToken) is not { } batch)
                return false;
            await look.RunAsync(batch, new BatchLease(store, batch.Id, owner, clock, Lease), stoppingToken);
            return true;
        }
        catch (StoreUnavailableException away)
        {
            Log.StoreAway(logger, away);
            return false;
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception unforeseen)
        {
            // One batch that can't be looked at must not end the following of all others: its claim ends by itself.
            Log.Unforeseen(logger, unforeseen);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(7021, LogLevel.Warning, "Batches can't be followed while the store is away; they stay reserved, and it is tried again.")]
        public static partial void StoreAway(ILogger logger, Exception exception);

        [LoggerMessage(7022, LogLevel.Error, "A batch could not be looked at; it is tried again when its claim ends.")]
        public static partial void Unforeseen(ILogger logger, Exception exception);
    }
}
