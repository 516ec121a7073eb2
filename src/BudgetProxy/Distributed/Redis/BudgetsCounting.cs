using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Makes the counters of many budgets of one shard that are defined at once, as <see cref="BudgetCounting"/> makes those of one: a plan that is put on ten thousand
/// tenants, a file that names them all. What it reads of the outbox and of the ledger it reads for many; a tenant that the ledger does not know needs no sums.
/// </summary>
internal sealed class BudgetsCounting(BudgetCounting counting, CounterScripts scripts, Outbox outbox, PostgresLedger ledger)
{
    /// <summary>Budgets that are summed up to one place of the shard.</summary>
    private const int BudgetsAtOnce = 256;

    /// <summary>Tenants that are locked at the same time: their calls wait some tens of milliseconds, and Redis has some milliseconds of scripts before it.</summary>
    private const int TenantsAtOnce = 32;

    /// <summary>
    /// Steps in a row that may fail before it is given up where there are many: of hundreds of thousands one runs late on a busy machine, and all that is done need
    /// not be done again for that. One budget alone fails at once.
    /// </summary>
    private const int MostFaults = 8;

    /// <summary>Pauses grow until all together are longer than a lock binds: one that was lost on its way is waited for.</summary>
    private const int MostDoublings = 7;

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(200);

    /// <exception cref="StoreUnavailableException">The ledger or the counters can't be reached; some may have been defined.</exception>
    public async Task DefineAsync(Shard shard, IReadOnlyList<Budget> budgets, Action<Budget> begins, CancellationToken cancellationToken)
    {
        foreach (var some in budgets.Chunk(BudgetsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var budget in some)
                begins(budget);
            await DefineAllAsync(shard, [.. some], budgets.Count > 1 ? MostFaults : 0, cancellationToken);
        }
    }

    private async Task DefineAllAsync(Shard shard, List<Budget> left, int mostFaults, CancellationToken cancellationToken)
    {
        for (int faults = 0, idle = 0; left.Count > 0 && idle < BudgetCounting.MostAttempts;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                var (again, fault) = await TryAsync(shard, left);
                (faults, idle) = again.Count < left.Count ? (0, 0) : (faults, idle + 1);
                left = again;
                if (fault is not null)
                    throw fault;
                if (left.Count > 0)
                    await Task.Delay(BudgetCounting.Pause * (1 << Math.Min(idle, MostDoublings)), cancellationToken);
            }
            catch (StoreUnavailableException) when (faults < mostFaults)
            {
                faults++;
                idle = 0;
                await Task.Delay(PauseAfterFault * faults, cancellationToken);
            }
        }

        if (left.Count > 0)
            throw new StoreUnavailableException("The budgets could not be counted; try again.");
    }

    /// <returns>Those that are to be done again; and what kept some of them from being done, if anything did.</returns>
    private async Task<(List<Budget> Again, StoreUnavailableException? Fault)> TryAsync(Shard shard, List<Budget> budgets)
    {
        var head = await scripts.RunAsync(shard, RedisScript.Read, budgets[0].Tenant);
        var (now, place) = (CounterScripts.TimeOf(head), CounterScripts.PlaceOf(head));
        var copied = await outbox.CopyAsync(shard, CancellationToken.None);
        // After the copy: what counts up to the place is in the ledger now.
        var written = await ledger.TenantsWithEntriesAsync([.. budgets.Select(budget => budget.Tenant).Distinct()], CancellationToken.None);
        var sums = new Dictionary<Budget, LedgerSums>(ReferenceEqualityComparer.Instance);
        foreach (var budget in budgets)
            sums[budget] = written.Contains(budget.Tenant) ? await ledger.SumAsync(budget, now, place, CancellationToken.None) : new LedgerSums();
        var again = new List<Budget>();
        StoreUnavailableException? fault = null;
        foreach (var round in Rounds(budgets))
        {
            if (fault is not null)
            {
                again.AddRange(round);
                continue;
            }

            (var left, fault) = await LockedAsync(shard, round.ConvertAll(budget => (budget, sums[budget])), now, (copied, place));
            again.AddRange(left);
        }

        return (again, fault);
    }

    /// <summary>A tenant's lock is for one budget, so no two of one tenant are in a round.</summary>
    private static IEnumerable<List<Budget>> Rounds(List<Budget> budgets)
    {
        foreach (var some in budgets.GroupBy(budget => budget.Tenant, StringComparer.Ordinal).Chunk(TenantsAtOnce))
        {
            var most = some.Max(own => own.Count());
            for (var i = 0; i < most; i++)
                yield return [.. some.Where(own => own.Count() > i).Select(own => own.ElementAt(i))];
        }
    }

    /// <param name="now">Which slots were summed was decided at this instant.</param>
    /// <param name="from">What was in the outbox up to the first is in the ledger, and what is in the ledger up to the second is in the sums.</param>
    /// <returns>Those that are to be done again; and what kept some of them from being done, if anything did.</returns>
    private async Task<(List<Budget> Again, StoreUnavailableException? Fault)> LockedAsync(
        Shard shard, List<(Budget Budget, LedgerSums Sums)> round, DateTimeOffset now, (StreamId? Copied, Place Place) from)
    {
        var tokens = round.ConvertAll(_ => (RedisValue)Guid.CreateVersion7(now).ToString("N"));
        var set = new bool[round.Count];
        StoreUnavailableException? fault = null;
        try
        {
            var locks = await Task.WhenAll(round.Select((one, i) => scripts.RunAsync(
                shard, RedisScript.Lock, one.Budget.Tenant, tokens[i], BudgetCounting.LockMilliseconds, CountedBudget.Of(one.Budget).Shape, 1)));
            var since = await SinceAsync(shard, [.. round.Select(one => one.Budget.Tenant)], from, locks.Max(CounterScripts.PlaceOf));
            await Task.WhenAll(round.Select(async (one, i) =>
            {
                var (counted, locked) = (CountedBudget.Of(one.Budget), locks[i]);
                if (CounterScripts.WordOf(locked) != "locked" || !BudgetCounting.IsSameWindow(counted, now, CounterScripts.TimeOf(locked)))
                    return;
                foreach (var entry in since[one.Budget.Tenant])
                {
                    if (entry.Place <= CounterScripts.PlaceOf(locked))
                        BudgetCounting.Add(one.Budget, entry.Entry, one.Sums);
                }

                set[i] = await counting.SetAsync(counted, BudgetText.Write(one.Budget), tokens[i], one.Sums, locked);
            }));
        }
        catch (StoreUnavailableException failed)
        {
            // What was carried out all the same does no harm when it is done again.
            fault = failed;
        }

        await Task.WhenAll(round.Select((one, i) => set[i] ? Task.CompletedTask : LetGoAsync(shard, one.Budget.Tenant, tokens[i])));
        return ([.. round.Where((_, i) => !set[i]).Select(one => one.Budget)], fault);
    }

    /// <summary>A lock that this fails for ends by itself.</summary>
    private async Task LetGoAsync(Shard shard, string tenant, RedisValue token)
    {
        try
        {
            await scripts.RunAsync(shard, RedisScript.Lock, tenant, "", token);
        }
        catch (StoreUnavailableException)
        {
            // Whoever needs the counters waits some seconds for it.
        }
    }

    /// <summary>What came after the sums. From the outbox first, then the ledger: an entry leaves the one only when it is in the other.</summary>
    private async Task<ILookup<string, PlacedEntry>> SinceAsync(Shard shard, HashSet<string> tenants, (StreamId? Copied, Place Place) from, Place upTo)
    {
        var entries = new Dictionary<Guid, PlacedEntry>();
        foreach (var entry in await outbox.ReadAsync(shard, from.Copied, CancellationToken.None))
        {
            if (tenants.Contains(entry.Entry.Tenant) && entry.Place > from.Place && entry.Place <= upTo)
                entries[entry.Entry.Id] = entry;
        }

        await foreach (var entry in ledger.EntriesAsync(tenants, from.Place, upTo, CancellationToken.None))
            entries[entry.Entry.Id] = entry;
        return entries.Values.ToLookup(entry => entry.Entry.Tenant, StringComparer.Ordinal);
    }
}
