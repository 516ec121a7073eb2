using BudgetProxy.Distributed.Redis;
using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed;

/// <summary>What goes on beside the calls: heartbeats, answers to recoveries, the way from the outbox to the ledger, and the spool's replay.</summary>
internal sealed partial class StoreLoops(
    RedisReservationStore store, RecoverySources sources, Outbox outbox, SpoolReplay replay, ILogger<StoreLoops> logger) : IDisposable
{
    private static readonly TimeSpan AnswerPeriod = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BeatPeriod = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReplayPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PartitionPeriod = TimeSpan.FromHours(1);
    private static readonly TimeSpan StandingPeriod = TimeSpan.FromSeconds(30);

    /// <summary>What is asked for is granted, refused or given up long before.</summary>
    private static readonly TimeSpan StandingAge = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan DrainPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Entries gather for so long before they are written together.</summary>
    private static readonly TimeSpan DrainGathering = TimeSpan.FromMilliseconds(25);

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];

    public void StartAnswering() => Start("answers to recoveries", AnswerPeriod, AnswerAsync);

    public void StartWorking()
    {
        Start("heartbeats", BeatPeriod, BeatAsync);
        Start("the replay of the spool", ReplayPeriod, _ => replay.RunAsync());
        Start("entries of lost counters", BeatPeriod, _ => replay.BookStrandedAsync());
        Start("the way to the ledger", TimeSpan.Zero, DrainAsync);
        Start("standing reservations that were never granted", StandingPeriod, stop => store.SweepStandingAsync(StandingAge, stop));
        Start("the ledger's partitions", PartitionPeriod, outbox.EnsurePartitionsAsync);
    }

    public async Task StopAsync()
    {
        if (_running.Count == 0)
            return;
        await _stop.CancelAsync();
        await Task.WhenAll(_running);
        _running.Clear();
    }

    public void Dispose() => _stop.Dispose();

    private void Start(string name, TimeSpan period, Func<CancellationToken, Task> work) => _running.Add(Task.Run(() => RepeatAsync(name, period, work)));

    /// <summary>Again and again, whatever happens: told once when it begins to fail, and once when it works again.</summary>
    private async Task RepeatAsync(string name, TimeSpan period, Func<CancellationToken, Task> work)
    {
        var works = true;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await work(_stop.Token);
                if (!works)
                    Log.Works(logger, name);
                works = true;
                if (period > TimeSpan.Zero)
                    await Task.Delay(period, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                if (works)
                    Log.Fails(logger, name, failed);
                works = false;
                await Task.WhenAny(Task.Delay(BeatPeriod, _stop.Token));
            }
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        foreach (var (generation, shards) in await sources.Tables.BeatAsync(store.Owner, cancellationToken))
            await sources.AnswerAsync(generation, store.ShardsOf(shards), cancellationToken);
    }

    private Task BeatAsync(CancellationToken cancellationToken) => store.BeatAllAsync(most: 0);

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        await outbox.WaitAsync(DrainPeriod, cancellationToken);
        await Task.Delay(DrainGathering, cancellationToken);
        StoreUnavailableException? failure = null;
        foreach (var shard in store.ShardsOf(null))
        {
            // News come from this proxy's own calls; once a second it looks after what others left.
            if (!outbox.TakeNews(shard) && !outbox.IsDue(shard))
                continue;
            try
            {
                while (await outbox.DrainAsync(shard, cancellationToken) > 0)
                {
                    // Until there is nothing left.
                }
            }
            catch (StoreUnavailableException failed)
            {
                // The others' entries need not wait for this one's.
                failure = failed;
            }
        }

        if (failure is not null)
            throw failure;
    }

    private static partial class Log
    {
        [LoggerMessage(4001, LogLevel.Error, "What goes on beside the calls has begun to fail and is tried again every second: {Loop}.")]
        public static partial void Fails(ILogger logger, string loop, Exception exception);

        [LoggerMessage(4002, LogLevel.Information, "It works again: {Loop}.")]
        public static partial void Works(ILogger logger, string loop);
    }
}
