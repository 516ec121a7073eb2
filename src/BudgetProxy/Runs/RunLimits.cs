using System.Collections.Concurrent;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;

namespace BudgetProxy.Runs;

/// <summary>
/// The limits of runs as this proxy knows them. A run that it has not met is looked up in the store when a call first names it, so that a limit which was set
/// before the first call holds on every proxy at once; later changes are taken in several times a second. What could not be kept up to date is looked up again.
/// </summary>
public sealed partial class RunLimits(IRunStore store, TimeProvider clock, ILogger<RunLimits> logger) : BackgroundService
{
    /// <summary>Runs that are known at once, with a limit or without: about 10 MB.</summary>
    private const int Most = 50_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Changes may be seen that much after their instant: a transaction takes a while to be there.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);

    /// <summary>What was not kept up to date for so long is not believed.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Housekeeping = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(string Tenant, string Run), Run?> _known = new();
    private readonly ConcurrentDictionary<(string Tenant, string Run), bool> _used = new();
    private DateTimeOffset? _since;
    private long _lastLook;

    /// <summary>The run's limit; null = it has none.</summary>
    /// <exception cref="StoreUnavailableException">It is not known here, and the store can't be asked.</exception>
    public ValueTask<Run?> FindAsync(string tenant, string run, CancellationToken cancellationToken)
    {
        if (IsFresh && _known.TryGetValue((tenant, run), out var known))
        {
            if (known is not null)
                _used.TryAdd((tenant, run), true);
            return ValueTask.FromResult(known);
        }

        return LookUpAsync(tenant, run, cancellationToken);
    }

    /// <summary>Sets a run's limit; it holds on this proxy when this returns.</summary>
    /// <returns>The run as it now stands: one that has ended stays as it was.</returns>
    public async ValueTask<Run> PutAsync(string tenant, string run, NanoUsd limit, CancellationToken cancellationToken)
    {
        var put = await store.PutAsync(tenant, run, limit, cancellationToken);
        Know(put);
        return put;
    }

    /// <summary>Ends a run; no call of it is taken by this proxy once this returns.</summary>
    public async ValueTask<Run?> EndAsync(string tenant, string run, CancellationToken cancellationToken)
    {
        var ended = await store.EndAsync(tenant, run, cancellationToken);
        if (ended is not null)
            Know(ended);
        return ended;
    }

    /// <summary>Takes in what was changed since the last look.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        // Before the first look nothing is known that the store could have changed, so it reads no runs, only the store's clock. What was looked up while no
        // look succeeded may be older than what the next one goes back to.
        if (_since is null)
            _known.Clear();
        var (changed, now) = await store.ChangedAsync(_since ?? DateTimeOffset.MaxValue, cancellationToken);
        foreach (var run in changed)
        {
            if (_known.ContainsKey((run.Tenant, run.Id)))
                Know(run);
        }

        _since = now - Overlap;
        Volatile.Write(ref _lastLook, begun);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var nextHousekeeping = clock.GetUtcNow() + Housekeeping;
        var reading = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
                if (clock.GetUtcNow() >= nextHousekeeping)
                {
                    nextHousekeeping = clock.GetUtcNow() + Housekeeping;
                    await KeepHouseAsync(stoppingToken);
                }

                reading = true;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception away)
            {
                // Whatever it is, the next look may succeed; told once, since there are four looks a second.
                if (reading)
                    Log.StoreAway(logger, away);
                reading = false;
            }

            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private bool IsFresh => Volatile.Read(ref _lastLook) is var last and not 0 && clock.GetElapsedTime(last) < Fresh;

    private async ValueTask<Run?> LookUpAsync(string tenant, string run, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(tenant, run, cancellationToken);
        if (_known.Count >= Most)
            _known.Clear();
        // What changed while it was read is seen by the looks that follow: each goes back further than a read takes.
        _known[(tenant, run)] = found;
        return found;
    }

    private void Know(Run run) => _known.AddOrUpdate(
        (run.Tenant, run.Id), run, (_, known) => known is null || known.ChangedAt <= run.ChangedAt ? run : known);

    private async Task KeepHouseAsync(CancellationToken cancellationToken)
    {
        foreach (var (used, _) in _used)
        {
            _used.TryRemove(used, out _);
            if (_known.GetValueOrDefault(used) is { EndedAt: null } run && clock.GetUtcNow() - run.ChangedAt > TimeSpan.FromDays(1))
                await store.TouchAsync(used.Tenant, used.Run, cancellationToken);
        }

        await store.ForgetAsync(RunBudget.Days, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(7041, LogLevel.Warning, "Changes of runs' limits can't be read while the store is away; calls that name a run ask it until it is back.")]
        public static partial void StoreAway(ILogger logger, Exception exception);
    }
}
