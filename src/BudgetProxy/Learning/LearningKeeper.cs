using BudgetProxy.Core.Learning;
using BudgetProxy.Reservations;
using BudgetProxy.Tenants;

namespace BudgetProxy.Learning;

/// <summary>
/// Takes what was learned to the store and what other proxies learned from it, every few seconds and once more at the end. No call waits for it: while the
/// store is away the calls go on learning, and it is tried again.
/// </summary>
public sealed partial class LearningKeeper(
    Learner learner, ILearningStore store, TenantDirectory directory, TimeProvider clock, ILogger<LearningKeeper> logger) : BackgroundService
{
    /// <summary>What a killed proxy forgets is what it learned in such a time.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>How long a start waits for what was learned before.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(2);

    /// <summary>Keys saved in one transaction, so that none holds up the booking of calls.</summary>
    private const int Batch = 256;

    private long _version;
    private bool _failing;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(StartLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        await TryAsync(ReadAsync, either.Token);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TryAsync(SaveAsync, cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await TurnAsync(stoppingToken);
    }

    /// <summary>What is done every few seconds.</summary>
    internal async Task TurnAsync(CancellationToken cancellationToken)
    {
        var current = directory.Current;
        learner.Forget(tenant => current.FindTenant(tenant) is null);
        await TryAsync(SaveAsync, cancellationToken);
        await TryAsync(ReadAsync, cancellationToken);
    }

    private async Task TryAsync(Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work(cancellationToken);
            if (_failing)
                Log.Works(logger);
            _failing = false;
        }
        catch (Exception failed) when (failed is StoreUnavailableException or OperationCanceledException)
        {
            if (!_failing && failed is StoreUnavailableException)
                Log.Fails(logger, failed);
            _failing |= failed is StoreUnavailableException;
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        // Less than a batch is the rest: what is learned meanwhile is for the next time.
        for (var count = Batch; count == Batch;)
        {
            var parts = learner.TakeUnsaved(Batch);
            count = parts.Count;
            try
            {
                if (count > 0)
                    await store.AddAsync(parts, cancellationToken);
            }
            catch
            {
                foreach (var (key, part) in parts)
                    learner.GiveBack(key, part);
                throw;
            }
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        foreach (var row in await store.ReadAsync(_version, Learner.DefaultCapacity, cancellationToken))
        {
            learner.Replace(row.Key, row.Part);
            _version = Math.Max(_version, row.Version);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6001, LogLevel.Warning, "What was learned of tokenizers and answers can't be saved or read; calls go on, and it is tried again every few seconds.")]
        public static partial void Fails(ILogger logger, Exception exception);

        [LoggerMessage(6002, LogLevel.Information, "What was learned is saved and read again.")]
        public static partial void Works(ILogger logger);
    }
}
