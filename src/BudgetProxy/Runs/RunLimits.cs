using System.Collections.Concurrent;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Runs;

/// <summary>
/// The limits of runs as this proxy knows them. A run that it has not met is looked up in the store when a call first names it, so that a limit which was set
/// before the first call holds on every proxy at once; later changes are taken in several times a second. What could not be kept up to date is looked up again.
/// A tenant without the budget that counts runs has none with a limit, and its calls ask no store.
/// </summary>
public sealed partial class RunLimits(IRunStore store, TimeProvider clock, ILogger<RunLimits> logger) : BackgroundService
{
    /// <summary>Runs that are known at once, with a limit or without: about 10 MB.</summary>
    private const int Most = 50_000;

    /// <summary>And of one tenant, so that none that names ever new runs makes others' be looked up again.</summary>
    private const int Share = 10_000;

    /// <summary>Runs looked up before all are counted anew.</summary>
    private const int Uncounted = 1_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Changes may be seen that much after their instant: a transaction takes a while to be there.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromSeconds(10);

    /// <summary>What was not kept up to date for so long is not believed.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Housekeeping = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, TenantRuns> _known = new(StringComparer.Ordinal);
    private DateTimeOffset? _since;
    private long _lastLook;
    private long _houseKept;
    private int _met;

    /// <summary>The run's limit; null = it has none.</summary>
    /// <param name="tenant">As the directory shows it.</param>
    /// <exception cref="StoreUnavailableException">It is not known here, and the store can't be asked.</exception>
    public ValueTask<Run?> FindAsync(Tenant tenant, string run, CancellationToken cancellationToken)
    {
        if (RunBudget.In(tenant) is not { } counters)
        {
            _known.TryRemove(tenant.Id, out _);
            return ValueTask.FromResult<Run?>(null);
        }

        var runs = RunsOf(counters);
        if (!IsFresh || runs.Find(run) is not { } known)
            return LookUpAsync(runs, tenant.Id, run, cancellationToken);
        known.Use(clock.GetTimestamp());
        return ValueTask.FromResult(known.Run);
    }

    /// <summary>Sets a run's limit; it holds on this proxy when this returns.</summary>
    /// <returns>The run as it now stands: one that has ended stays as it was.</returns>
    public async ValueTask<Run> PutAsync(Tenant tenant, string run, NanoUsd limit, CancellationToken cancellationToken)
    {
        var put = await store.PutAsync(tenant.Id, run, limit, cancellationToken);
        Know(tenant, put);
        return put;
    }

    /// <summary>Ends a run; no call of it is taken by this proxy once this returns.</summary>
    public async ValueTask<Run?> EndAsync(Tenant tenant, string run, CancellationToken cancellationToken)
    {
        var ended = await store.EndAsync(tenant.Id, run, cancellationToken);
        if (ended is not null)
            Know(tenant, ended);
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
            if (_known.TryGetValue(run.Tenant, out var runs))
                runs.Follow(run);
        }

        _since = now - Overlap;
        Volatile.Write(ref _lastLook, begun);
        if (Volatile.Read(ref _met) >= Uncounted)
            KeepToMost();
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

    private async ValueTask<Run?> LookUpAsync(TenantRuns runs, string tenant, string run, CancellationToken cancellationToken)
    {
        var found = await store.FindAsync(tenant, run, cancellationToken);
        Interlocked.Increment(ref _met);
        if (runs.Count >= Share)
            runs.Halve();
        // What changed while it was read is seen by the looks that follow: each goes back further than a read takes.
        return runs.Know(run, found, clock.GetTimestamp());
    }

    private void KeepToMost()
    {
        Volatile.Write(ref _met, 0);
        while (_known.Values.Sum(runs => runs.Count) > Most)
            _known.Values.MaxBy(runs => runs.Count)?.Halve();
    }

    private void Know(Tenant tenant, Run run)
    {
        if (RunBudget.In(tenant) is { } counters)
            RunsOf(counters).Know(run.Id, run, clock.GetTimestamp());
    }

    private TenantRuns RunsOf(Budget counters) => _known.TryGetValue(counters.Tenant, out var runs) && runs.AreOf(counters)
        ? runs
        : _known.AddOrUpdate(
            counters.Tenant, _ => new TenantRuns(counters), (_, known) => known.AreOf(counters) ? known : new TenantRuns(counters));

    private async Task KeepHouseAsync(CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        foreach (var run in _known.Values.SelectMany(runs => runs.UsedSince(_houseKept)))
        {
            if (run.EndedAt is null && clock.GetUtcNow() - run.ChangedAt > TimeSpan.FromDays(1))
                await store.TouchAsync(run.Tenant, run.Id, cancellationToken);
        }

        _houseKept = begun;
        await store.ForgetAsync(RunBudget.Days, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(7041, LogLevel.Warning, "Changes of runs' limits can't be read while the store is away; calls that name a run ask it until it is back.")]
        public static partial void StoreAway(ILogger logger, Exception exception);
    }
}
