using BudgetProxy.Core.Tokens;
using BudgetProxy.Distributed.Redis;
using BudgetProxy.Reservations;

namespace BudgetProxy.Distributed;

/// <summary>Books what could not reach Redis when it happened: the spool's rows, and the voids of reserves whose answer never came.</summary>
internal sealed class SpoolReplay(RedisReservationStore store, Shards shards, OwnCalls own, Bookings bookings, Spool spool)
{
    private const int PageSize = 200;

    /// <summary>Calls that a process before this one let through without Redis and never ended: the provider may have answered them in full.</summary>
    public async Task EndAdmittedAsync()
    {
        foreach (var call in spool.Read(int.MaxValue, open: true))
            await spool.WriteAsync(call with { Ended = true, Settlement = Presumed(call.Call) });
    }

    /// <summary>Tries all that waits once: first what was spent, then what was only asked for.</summary>
    /// <exception cref="StoreUnavailableException">Redis or Postgres is still away; the rest waits on.</exception>
    public async Task RunAsync()
    {
        while (spool.Count > 0 && spool.Read(PageSize, open: false) is { Count: > 0 } page)
        {
            foreach (var spooled in page)
                await BookAsync(spooled);
        }

        for (var waiting = own.Doubtful; waiting > 0; waiting -= PageSize)
        {
            var page = new List<OwnCall>();
            while (page.Count < PageSize && own.TryTakeDoubtful(out var call))
                page.Add(call);
            await Task.WhenAll(page.Select(VoidAsync));
        }
    }

    /// <summary>
    /// Books what this proxy sent in a generation that was lost while it was not heard of: what the ledger has not got, or has as presumed.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Redis or Postgres is away; the rest waits on.</exception>
    public async Task BookStrandedAsync()
    {
        foreach (var shard in shards.All)
        {
            foreach (var entry in own.Stranded(shard))
            {
                await store.TryResolveAsync(entry.Call.Caller.Tenant, entry.Call.Id, entry.Settlement, entry.Call);
                own.Landed(shard, [entry]);
            }
        }
    }

    private async Task VoidAsync(OwnCall call)
    {
        var done = false;
        try
        {
            done = await store.VoidDoubtfulAsync(call);
        }
        finally
        {
            if (!done)
                own.Doubt(call);
        }
    }

    private async Task BookAsync(SpooledCall spooled)
    {
        var (call, tenant) = (spooled.Call, spooled.Call.Caller.Tenant);
        if (spooled.Held)
        {
            await store.TryResolveAsync(tenant, call.Id, spooled.Settlement, call);
        }
        else if (spooled.Settlement is { } settlement)
        {
            // A reserve of it that was only slow may have been taken, or charged since.
            await store.TryResolveAsync(tenant, call.Id, null, call);
            var entry = Bookings.Unheld(call, settlement, UnheldIdOf(call.Id), shards[tenant].Now);
            await bookings.AppendAsync([entry], bookings.BudgetsOf(tenant), CancellationToken.None);
        }

        await spool.RemoveAsync(call.Id);
    }

    private static Settlement Presumed(ReservedCall call) => new(call.WorstUsage, UsageBasis.Presumed, call.Amount, call.Rate, null, 0, call.Tier, call.Regional);

    /// <summary>
    /// An id beside the call's own: a reserve of that one may be on its way to a Redis that was only slow, and is voided there.
    /// </summary>
    private static Guid UnheldIdOf(Guid call)
    {
        Span<byte> bytes = stackalloc byte[16];
        call.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[15] ^= 2;
        return new Guid(bytes, bigEndian: true);
    }
}
