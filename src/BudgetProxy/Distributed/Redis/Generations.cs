using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Finds out which generation of a shard is in force. A stamp is believed only on the run of the server that it was written on: a server that was
/// restarted, or another that took its place, may hold an older state.
/// </summary>
internal sealed class Generations(Shards shards)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim[] _gates = [.. Enumerable.Range(0, Shards.Count).Select(_ => new SemaphoreSlim(1))];

    /// <summary>Called where a shard has no stamp that can be believed: its counters must be made again.</summary>
    public Action<Shard>? Lost { get; set; }

    /// <summary>Opens the shard with the stamp that is in force.</summary>
    /// <exception cref="StoreUnavailableException">There is none, or Redis can't be reached.</exception>
    public async Task FindAsync(Shard shard)
    {
        var gate = _gates[shard.Number];
        var before = shard.Generation;
        // One looks for all that have lost it; the others don't queue up behind a server that does not answer.
        if (!await gate.WaitAsync(Patience))
            throw new StoreUnavailableException("The counters' stamp is being looked for.");
        try
        {
            // Others that lost it with this one find it opened.
            if (shard.Generation != before)
                return;
            if (await TryOpenAsync(shard))
                return;
        }
        finally
        {
            gate.Release();
        }

        Lost?.Invoke(shard);
        throw new StoreUnavailableException("The counters were lost and are being made again.");
    }

    /// <summary>False = there is no stamp, or it was of another run of the server and is off now.</summary>
    public async Task<bool> TryOpenAsync(Shard shard)
    {
        var server = await shards.Link.ServerOfAsync(shard.Stamp);
        var stamp = (string[])(await shards.Link.RunAsync(RedisScript.Fence, [shard.Stamp]))!;
        if (stamp[0].Length == 0)
        {
            shard.Close();
            return false;
        }

        await shards.Link.LoadScriptsAsync(server);
        return shard.Open(long.Parse(stamp[0]))
            ? true
            : throw new StoreUnavailableException("This server of Redis was left behind: its counters were made again on another.");
    }
}
