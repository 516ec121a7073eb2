using System.Collections.Concurrent;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Makes a budget's counters from the ledger: when it is defined (<see cref="BudgetsCounting"/>), and when a call meets one that is not counted, as after a loss
/// of Redis. What the ledger holds is summed beside the calls up to a place; then the tenant is locked for the moment that it takes to add what came since, and to give
/// open reservations their holds.
/// </summary>
internal sealed class BudgetCounting(CounterScripts scripts, Outbox outbox, PostgresLedger ledger)
{
    public const int MostAttempts = 20;
    public const int LockMilliseconds = 5_000;

    /// <summary>Counters and holds that one script call sets: about ten milliseconds of the server.</summary>
    private const int LargestChunk = 4_000;

    /// <summary>Shards whose budgets are defined at the same time; each asks the ledger for one sum at a time, and more would keep reports from it.</summary>
    private const int ShardsAtOnce = 4;

    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<RedisValue, Lazy<Task>> _running = new();

    /// <summary>Counts a budget that is not counted.</summary>
    /// <exception cref="StoreUnavailableException">The ledger or the counters can't be reached.</exception>
    public async Task CountAsync(Budget budget)
    {
        // A hundred calls that meet an uncounted budget have it counted once.
        var shape = CountedBudget.Of(budget).Shape;
        var running = _running.GetOrAdd(shape, _ => new Lazy<Task>(() => RunAsync(budget)));
        try
        {
            await running.Value;
        }
        finally
        {
            _running.TryRemove(new KeyValuePair<RedisValue, Lazy<Task>>(shape, running));
        }
    }

    /// <summary>
    /// Makes these the definitions in force from now on, each counted anew whatever was counted of it before; those of a shard share its round trips.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The ledger or the counters can't be reached; some may have been defined.</exception>
    /// <param name="begins">Told of each before anything is made of it.</param>
    public Task DefineAsync(IReadOnlyList<Budget> budgets, Action<Budget> begins, CancellationToken cancellationToken) => Parallel.ForEachAsync(
        budgets.GroupBy(budget => scripts.Shards[budget.Tenant]),
        new ParallelOptions { MaxDegreeOfParallelism = ShardsAtOnce, CancellationToken = cancellationToken },
        async (own, stop) => await new BudgetsCounting(this, scripts, outbox, ledger).DefineAsync(own.Key, [.. own], begins, stop));

    private async Task RunAsync(Budget budget)
    {
        var shard = scripts.Shards[budget.Tenant];
        var counted = CountedBudget.Of(budget);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var head = await scripts.RunAsync(shard, RedisScript.Read, budget.Tenant);
            var (now, place) = (CounterScripts.TimeOf(head), CounterScripts.PlaceOf(head));
            var copied = await outbox.CopyAsync(shard, CancellationToken.None);
            var sums = await ledger.SumAsync(budget, now, place, CancellationToken.None);

            RedisValue token = Guid.CreateVersion7(now).ToString("N");
            var locked = await scripts.RunAsync(shard, RedisScript.Lock, budget.Tenant, token, LockMilliseconds, counted.Shape, 0);
            switch (CounterScripts.WordOf(locked))
            {
                case "counted":
                    return;
                case "busy":
                    await Task.Delay(Pause);
                    continue;
            }

            try
            {
                if (IsSameWindow(counted, now, CounterScripts.TimeOf(locked)))
                {
                    await AddSinceAsync(budget, sums, copied, (place, CounterScripts.PlaceOf(locked)));
                    if (await SetAsync(counted, "", token, sums, locked))
                        return;
                }
            }
            finally
            {
                await scripts.RunAsync(shard, RedisScript.Lock, budget.Tenant, "", token);
            }
        }

        throw new StoreUnavailableException("The budget could not be counted; try again.");
    }

    public static bool IsSameWindow(CountedBudget budget, DateTimeOffset before, DateTimeOffset now) =>
        budget.Budget.Window.Kind == WindowKind.Rolling || budget.Budget.Window.SlotAt(before) == budget.Budget.Window.SlotAt(now);

    /// <summary>From the outbox first, then the ledger: an entry leaves the one only when it is in the other.</summary>
    /// <param name="copied">What was in the outbox up to this is in the ledger.</param>
    private async Task AddSinceAsync(Budget budget, LedgerSums sums, StreamId? copied, (Place After, Place UpTo) places)
    {
        var (after, upTo) = places;
        var shard = scripts.Shards[budget.Tenant];
        var entries = new Dictionary<Guid, LedgerEntry>();
        foreach (var entry in await outbox.ReadAsync(shard, copied, CancellationToken.None))
        {
            if (entry.Entry.Tenant == budget.Tenant && entry.Place > after && entry.Place <= upTo)
                entries[entry.Entry.Id] = entry.Entry;
        }

        await foreach (var entry in ledger.EntriesAsync([budget.Tenant], after, upTo, CancellationToken.None))
            entries[entry.Entry.Id] = entry.Entry;
        foreach (var entry in entries.Values)
            Add(budget, entry, sums);
    }

    public static void Add(Budget budget, LedgerEntry entry, LedgerSums sums)
    {
        var caller = entry.ToCaller();
        if (!BudgetMatcher.Matches(budget, caller, entry.Provider, entry.Model))
            return;
        var slot = budget.Window.SlotAt(entry.StartedAt);
        var amount = budget.LimitKind == LimitKind.Requests
            ? (entry.Adjusts is null ? 1 : 0)
            : BudgetMatcher.SpentOf(budget.LimitKind, entry.Cost, entry.Charged, entry.Usage.Total);
        var scope = BudgetMatcher.ScopeValue(budget, caller, entry.Provider, entry.Model);
        if (budget.Acts.Counts(scope, entry.StartedAt))
            sums.Add(scope, slot.Start.ToUnixTimeMilliseconds(), slot.Ends?.ToUnixTimeMilliseconds(), amount);
    }

    /// <summary>Sets the counters under the lock, which it ends.</summary>
    /// <returns>False = the lock was lost; it is to be done again.</returns>
    public async Task<bool> SetAsync(CountedBudget budget, RedisValue definition, RedisValue token, LedgerSums sums, ScriptAnswer locked)
    {
        var counters = new List<RedisValue[]>();
        foreach (var ((scope, slot), (ends, spent)) in sums.Slots)
            counters.Add([scope, slot, ends ?? RedisValue.EmptyString, spent]);
        var holds = HoldsOf(budget, locked.Parts!);
        var instance = CounterScripts.PlaceOf(locked).Sequence;
        for (int counter = 0, hold = 0; ;)
        {
            var sumsHere = counters.GetRange(counter, Math.Min(LargestChunk, counters.Count - counter));
            counter += sumsHere.Count;
            var holdsHere = holds.GetRange(hold, Math.Min(LargestChunk - sumsHere.Count, holds.Count - hold));
            hold += holdsHere.Count;
            var last = counter == counters.Count && hold == holds.Count;
            RedisValue[] head =
            [
                budget.Budget.Tenant, token, last ? RedisValue.EmptyString : LockMilliseconds, budget.Shape, budget.Budget.Name, definition, budget.Span, instance,
                LastReset(budget.Budget), sumsHere.Count,
            ];
            var answer = await scripts.RunAsync(
                scripts.Shards[budget.Budget.Tenant], RedisScript.Count, [.. head, .. sumsHere.SelectMany(part => part), .. holdsHere.SelectMany(part => part)]);
            if (CounterScripts.WordOf(answer) != "counted" || answer.Generation != locked.Generation)
                return false;
            if (last)
                return true;
        }
    }

    private static long LastReset(Budget budget) => Math.Max(0, budget.Acts.LastReset.ToUnixTimeMilliseconds());

    /// <summary>What the tenant's open and presumed reservations hold of the budget.</summary>
    private static List<RedisValue[]> HoldsOf(CountedBudget budget, RedisResult[] locked)
    {
        var holds = new List<RedisValue[]>();
        for (var i = Shard.AnswerHead + 1; i < locked.Length; i += 5)
        {
            var started = DateTimeOffset.FromUnixTimeMilliseconds((long)locked[i + 3]);
            var call = EntryCodec.ReadCall((byte[])locked[i + 2]!, Guid.ParseExact((string)locked[i]!, "N"), started);
            if (TenantDefinitions.Hold(budget.Budget, call) is not { } hold || !budget.Budget.Acts.Counts(hold.ScopeValue, started))
            {
                // A standing one may have been made with holds of this shape, which the script knows.
                if ((string)locked[i + 4]! == "1")
                    holds.Add([(string)locked[i]!, "", "", "", "", 0]);
                continue;
            }

            var slot = budget.SlotAt(started);
            holds.Add([(string)locked[i]!, hold.ScopeValue, budget.Unit, slot.Start, slot.Ends, ReserveStep.Amount(hold)]);
        }

        return holds;
    }
}
