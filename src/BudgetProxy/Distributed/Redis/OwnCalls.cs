using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// What would be lost with Redis and is known here: this proxy's open calls, and the entries that it sent and that are not seen to have left the
/// outbox. A recovery asks every proxy for both.
/// </summary>
internal sealed class OwnCalls(Shards shards)
{
    /// <summary>
    /// Of one shard. Reached only while Postgres is away for long: should Redis be lost too just then, older ones are lost with it.
    /// </summary>
    private const int MostSent = 20_000;

    private readonly ConcurrentDictionary<Guid, OwnCall> _open = new();
    private readonly ConcurrentQueue<OwnCall> _doubtful = new();
    private readonly List<SentEntry>[] _sent = [.. Enumerable.Range(0, Shards.Count).Select(_ => new List<SentEntry>())];

    /// <summary>Open calls of this proxy.</summary>
    public int Count => Math.Max(0, _open.Count - _doubtful.Count);

    /// <summary>What they hold, in nano-dollars.</summary>
    public long Held
    {
        get
        {
            long held = 0;
            foreach (var (_, call) in _open)
                held += call.IsDoubtful ? 0 : call.Reservation.Amount.Value;
            return held;
        }
    }

    /// <summary>Before it is asked for: the answer may be lost.</summary>
    public void Add(OwnCall call) => _open[call.Reservation.Id] = call;

    public OwnCall? Find(string tenant, Guid id) => _open.GetValueOrDefault(id) is { } call && call.Reservation.Caller.Tenant == tenant ? call : null;

    public void Remove(Guid id) => _open.TryRemove(id, out _);

    /// <summary>Its reserve failed, or its answer never came: it must be voided before it is forgotten.</summary>
    public void Doubt(OwnCall call)
    {
        call.IsDoubtful = true;
        _doubtful.Enqueue(call);
    }

    /// <summary>Takes one that is to be voided.</summary>
    public bool TryTakeDoubtful([NotNullWhen(true)] out OwnCall? call) => _doubtful.TryDequeue(out call);

    /// <summary>How many wait to be voided.</summary>
    public int Doubtful => _doubtful.Count;

    public void Sent(Shard shard, in SentEntry entry)
    {
        var sent = _sent[shard.Number];
        lock (sent)
        {
            sent.Add(entry);
            if (sent.Count > MostSent)
                sent.RemoveRange(0, MostSent / 10);
        }

        Remove(entry.Call.Id);
    }

    /// <summary>What was sent before the oldest entry that is still in the outbox has left it, so it is in the ledger.</summary>
    /// <param name="generation">In which the outbox was looked at: what was sent before it was lost says nothing.</param>
    /// <param name="first">The oldest that is still there; null = none is.</param>
    /// <param name="last">The last that had been sent when the outbox was looked at; null = none.</param>
    public void Arrived(Shard shard, long generation, StreamId? first, StreamId? last)
    {
        if (last is null)
            return;
        var sent = _sent[shard.Number];
        lock (sent)
            sent.RemoveAll(entry => entry.Place.Generation == generation && (first is { } oldest ? entry.StreamId < oldest : entry.StreamId <= last));
    }

    /// <summary>The last entry sent in a generation; null = none is waiting.</summary>
    public StreamId? LastSent(Shard shard, long generation)
    {
        var sent = _sent[shard.Number];
        StreamId? last = null;
        lock (sent)
        {
            foreach (var entry in sent)
            {
                if (entry.Place.Generation == generation && (last is null || entry.StreamId > last))
                    last = entry.StreamId;
            }
        }

        return last;
    }

    /// <summary>Entries sent in a generation that was lost while this proxy was not heard of; they are this proxy's to book again.</summary>
    public List<SentEntry> Stranded(Shard shard)
    {
        var (generation, sent) = (shard.Generation, _sent[shard.Number]);
        lock (sent)
            return sent.FindAll(entry => entry.Place.Generation < generation);
    }

    /// <summary>They are in the ledger or on their way again.</summary>
    public void Landed(Shard shard, IEnumerable<SentEntry> entries)
    {
        var (landed, sent) = (entries.ToHashSet(), _sent[shard.Number]);
        lock (sent)
            sent.RemoveAll(landed.Contains);
    }

    /// <summary>What this proxy knows of a shard; taken once the shard is closed here, so that nothing more comes.</summary>
    public (List<OwnCall> Open, List<SentEntry> Sent) Of(Shard shard)
    {
        var sent = _sent[shard.Number];
        lock (sent)
        {
            return (
                [.. _open.Values.Where(call => !call.IsDoubtful && shards[call.Reservation.Caller.Tenant] == shard)],
                [.. sent]);
        }
    }
}
