using System.Runtime.CompilerServices;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Entries on their way from Redis to the ledger. They are written there first and let go after: a repeat changes nothing, and an entry that has left
/// the outbox is in the ledger.
/// </summary>
internal sealed partial class Outbox(RedisLink link, PostgresLedger ledger, string drainer, TimeProvider clock, ILogger<Outbox> logger) : IDisposable
{
    private const int PageSize = 1_000;

    /// <summary>After this long without a word from it, another drainer's entries are taken over.</summary>
    private const int AbandonedMilliseconds = 5_000;

    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(1);

    /// <summary>So long an entry that can't be read is left to others: in a rolling upgrade a newer proxy can.</summary>
    private const long UnreadMilliseconds = 600_000;

    private readonly SemaphoreSlim _news = new(0);
    private readonly int[] _waiting = new int[Shards.Count];
    private readonly long[] _looked = new long[Shards.Count];
    private long _dead;

    /// <summary>Entries that no version could read, put aside since the start.</summary>
    public long DeadLetters => Volatile.Read(ref _dead);

    /// <summary>An entry was put into the shard's outbox.</summary>
    public void HasNews(Shard shard)
    {
        if (Interlocked.Exchange(ref _waiting[shard.Number], 1) == 0 && _news.CurrentCount == 0)
            _news.Release();
    }

    /// <summary>Completes when a shard has news, or after a while.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken cancellationToken) => _news.WaitAsync(most, cancellationToken);

    /// <summary>True where the shard has had news since the last time it was asked.</summary>
    public bool TakeNews(Shard shard) => Interlocked.Exchange(ref _waiting[shard.Number], 0) == 1;

    /// <summary>True once a second: others may have left something.</summary>
    public bool IsDue(Shard shard)
    {
        var due = _looked[shard.Number] == 0 || clock.GetElapsedTime(_looked[shard.Number]) >= LookPeriod;
        if (due)
            _looked[shard.Number] = clock.GetTimestamp();
        return due;
    }

    /// <summary>The entries that are in the outbox, oldest first.</summary>
    /// <param name="after">Only those after this; null = all.</param>
    /// <exception cref="StoreUnavailableException">Redis can't be reached.</exception>
    public async Task<List<PlacedEntry>> ReadAsync(Shard shard, StreamId? after, CancellationToken cancellationToken)
    {
        var entries = new List<PlacedEntry>();
        await foreach (var (page, _) in PagesAsync(shard, after, cancellationToken))
            entries.AddRange(page);
        return entries;
    }

    /// <summary>Sees to it that all that is in the outbox now is in the ledger too.</summary>
    /// <returns>The last entry that is; null = the outbox is empty.</returns>
    /// <exception cref="StoreUnavailableException">Redis or Postgres can't be reached.</exception>
    public async Task<StreamId?> CopyAsync(Shard shard, CancellationToken cancellationToken)
    {
        StreamId? last = null;
        await foreach (var (page, end) in PagesAsync(shard, null, cancellationToken))
        {
            await ledger.InsertAsync(page, cancellationToken);
            last = end;
        }

        return last;
    }

    private async IAsyncEnumerable<(List<PlacedEntry> Entries, StreamId Last)> PagesAsync(
        Shard shard, StreamId? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (RedisValue from = after is { } begin ? $"({begin}" : "-"; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = (RedisResult[])(await link.AskAsync(() => link.Database.ExecuteAsync("XRANGE", shard.Outbox, from, "+", "COUNT", PageSize)))!;
            if (page.Length == 0)
                yield break;
            var entries = new List<PlacedEntry>(page.Length);
            foreach (var row in page)
            {
                if (OutboxEntry.TryRead(row, out var entry))
                    entries.Add(entry.Placed);
            }

            var last = (string)((RedisResult[])page[^1]!)[0]!;
            yield return (entries, StreamId.Parse(last));
            if (page.Length < PageSize)
                yield break;
            from = "(" + last;
        }
    }

    /// <summary>Sees to it that the ledger has a place for the entries of this month and the next.</summary>
    public Task EnsurePartitionsAsync(CancellationToken cancellationToken) => ledger.EnsurePartitionsAsync(clock.GetUtcNow(), cancellationToken);

    /// <summary>Moves a batch to the ledger.</summary>
    /// <returns>Entries moved; fewer than asked for = there are no more.</returns>
    /// <exception cref="StoreUnavailableException">Redis or Postgres can't be reached; nothing is lost.</exception>
    public async Task<int> DrainAsync(Shard shard, CancellationToken cancellationToken)
    {
        var rows = (RedisResult[])(await link.RunAsync(RedisScript.Drain, [shard.Outbox], drainer, PageSize, AbandonedMilliseconds))!;
        if (rows.Length == 0)
            return 0;
        var entries = new List<PlacedEntry>(rows.Length);
        var done = new List<RedisValue>(rows.Length);
        var spent = new List<RedisValue>(rows.Length);
        foreach (var row in rows)
        {
            if (row.IsNull)
                continue;
            if (OutboxEntry.TryRead(row, out var entry))
            {
                entries.Add(entry.Placed);
                done.Add(entry.StreamId);
                if (!entry.RowStays)
                    spent.Add($"{shard.Name}{entry.Placed.Place.Generation}:r:{entry.Placed.Entry.RequestId:N}");
            }
            else if (shard.Now.ToUnixTimeMilliseconds() - StreamId.Parse((string)((RedisResult[])row!)[0]!).Milliseconds > UnreadMilliseconds)
            {
                done.Add(await PutAsideAsync(shard, row));
            }
        }

        await ledger.InsertAsync(entries, cancellationToken);
        if (done.Count > 0)
            await link.RunAsync(RedisScript.Drained, [shard.Outbox], [done.Count, .. done, .. spent]);
        return rows.Length;
    }

    /// <summary>What can't be read must not stop what follows, and must not be lost: it waits for an operator under a key of its own.</summary>
    private async Task<RedisValue> PutAsideAsync(Shard shard, RedisResult row)
    {
        var parts = (RedisResult[])row!;
        var fields = (RedisValue[])parts[1]!;
        object[] command = [(RedisKey)(shard.Name + "dead"), "*", .. fields.Cast<object>()];
        await link.AskAsync(() => link.Database.ExecuteAsync("XADD", command));
        Interlocked.Increment(ref _dead);
        Log.PutAside(logger, shard.Name + "dead");
        return (string)parts[0]!;
    }

    public void Dispose() => _news.Dispose();

    private static partial class Log
    {
        [LoggerMessage(4101, LogLevel.Critical, "An entry of the outbox can't be read by this version. It is kept in the Redis stream {Key} and is missing from the ledger until it is booked from there.")]
        public static partial void PutAside(ILogger logger, string key);
    }
}
