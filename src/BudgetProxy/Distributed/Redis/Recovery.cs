using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Makes counters that were lost again, or makes them for the first time. One proxy leads, under a lock in Postgres: it numbers a new generation, asks
/// every living proxy for what it knows (its open calls, and the entries it sent that may not have arrived), lays the open calls out under the new
/// generation, and stamps it. Calls are refused meanwhile. The counters themselves are made from the ledger when a call next meets their budget.
/// </summary>
internal sealed partial class Recovery(Shards shards, Generations generations, RecoverySources sources, ILogger<Recovery> logger)
{
    private const int LargestChunk = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private int _running;

    /// <summary>Recoveries that this proxy led to their end.</summary>
    public long Led { get; private set; }

    /// <summary>Begins in the background unless one is under way here.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _running, 1) == 0)
            _ = RunAsync();
    }

    /// <summary>Makes every shard without a stamp again. Returns early where another proxy leads.</summary>
    /// <returns>True = every shard is open.</returns>
    public async Task<bool> TryAsync(CancellationToken cancellationToken)
    {
        if (await FindLostAsync() is not { Count: > 0 })
            return true;
        await using var lead = await sources.Tables.TryLeadAsync(cancellationToken);
        if (lead is null)
            return false;
        // Looked at again under the lock: the leader before may just have ended.
        var lost = await FindLostAsync();
        if (lost.Count > 0)
            await RecoverAsync(lost, cancellationToken);
        return true;
    }

    private async Task RunAsync()
    {
        try
        {
            await TryAsync(CancellationToken.None);
        }
        catch (Exception failed)
        {
            // The next call that meets the missing stamp begins again.
            Log.Failed(logger, failed);
        }

        await Task.Delay(Pause);
        Volatile.Write(ref _running, 0);
    }

    private async Task<List<Shard>> FindLostAsync()
    {
        var lost = new List<Shard>();
        var failures = new List<StoreUnavailableException>();
        foreach (var shard in shards.All)
        {
            try
            {
                if (!await generations.TryOpenAsync(shard))
                    lost.Add(shard);
            }
            catch (StoreUnavailableException failed)
            {
                // One node of a cluster may be away: the others' counters need not wait for it.
                failures.Add(failed);
            }
        }

        return failures.Count < shards.All.Count ? lost : throw failures[0];
    }

    private async Task RecoverAsync(List<Shard> lost, CancellationToken cancellationToken)
    {
        var generation = await sources.Tables.BeginAsync([.. lost.Select(shard => shard.Number)], cancellationToken);
        Log.Begun(logger, lost.Count, generation);
        await sources.AnswerAsync(generation, lost, cancellationToken);
        while (await sources.Tables.AnyMissingAsync(generation, cancellationToken))
            await Task.Delay(Pause, cancellationToken);

        var open = await sources.OpenCallsAsync(generation, lost, cancellationToken);
        var standing = await sources.StandingAsync(generation, lost, cancellationToken);
        foreach (var shard in lost)
            await StampAsync(shard, generation, open[shard.Number], standing[shard.Number]);
        await sources.Tables.FinishAsync(generation, cancellationToken);
        Led++;
        Log.Ended(logger, generation, open.Sum(calls => calls.Count) + standing.Sum(batches => batches.Count));
        foreach (var shard in lost)
            await generations.TryOpenAsync(shard);
        _ = SweepAsync(lost, generation);
    }

    /// <summary>Drops what is left of older generations, beside the calls: nothing looks at it any more.</summary>
    private async Task SweepAsync(List<Shard> lost, long generation)
    {
        try
        {
            await Task.Yield();
            foreach (var shard in lost)
                await sources.SweepAsync(shard, generation);
        }
        catch (StoreUnavailableException failed)
        {
            Log.NotSwept(logger, failed);
        }
    }

    private async Task StampAsync(Shard shard, long generation, List<OpenCall> open, List<RedisValue[]> standing)
    {
        var link = shards.Link;
        for (var i = 0; i < open.Count; i += LargestChunk)
        {
            var chunk = open.GetRange(i, Math.Min(LargestChunk, open.Count - i)).SelectMany(call => call.Arguments());
            await link.RunAsync(RedisScript.Recover, [shard.Stamp], [generation, RedisValue.EmptyString, shards.Time.Told, .. chunk]);
        }

        foreach (var batch in standing)
            await link.RunAsync(RedisScript.Standing, [shard.Stamp], [generation, .. batch]);
        await link.RunAsync(RedisScript.Recover, [shard.Stamp], generation, 1, shards.Time.Told);
    }

    private static partial class Log
    {
        [LoggerMessage(4201, LogLevel.Warning, "{Count} of the counters' shards have no stamp that can be believed: they are new, or Redis was emptied, restarted or set back. Generation {Generation} is made from the ledger; their calls are refused meanwhile.")]
        public static partial void Begun(ILogger logger, int count, long generation);

        [LoggerMessage(4202, LogLevel.Warning, "Generation {Generation} is in force, with {Open} open calls.")]
        public static partial void Ended(ILogger logger, long generation, int open);

        [LoggerMessage(4204, LogLevel.Warning, "Counters of older generations could not all be dropped from Redis; they only take room, and go after the next recovery.")]
        public static partial void NotSwept(ILogger logger, Exception exception);

        [LoggerMessage(4203, LogLevel.Error, "The counters could not be made again; tried again shortly.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
