using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Books what no open reservation stands behind: entries from outside, calls that were let through without the counters, and settlements of
/// reservations that Redis knows nothing of, because they are in the ledger already or were lost with it.
/// </summary>
internal sealed class Bookings(CounterScripts scripts, Outbox outbox, PostgresLedger ledger)
{
    public DefinitionCache Definitions { get; } = new();

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The present budgets of a tenant: set once the directory is there.</summary>
    public Func<string, IReadOnlyList<Budget>> BudgetsOf { get; set; } = static _ => [];

    /// <summary>An entry was put into the shard's outbox.</summary>
    public void HasNews(Shard shard) => outbox.HasNews(shard);

    /// <summary>Books entries that are neither in the ledger nor on their way there, also in the counters of the budgets that match.</summary>
    /// <exception cref="StoreUnavailableException">Some may be booked; a repeat books the rest.</exception>
    /// <returns>Ids of those that were not there before.</returns>
    public async Task<IReadOnlyCollection<Guid>> AppendAsync(IReadOnlyList<LedgerEntry> entries, IReadOnlyList<Budget> budgets, CancellationToken cancellationToken)
    {
        foreach (var tenant in entries.Select(entry => entry.Tenant).Distinct(StringComparer.Ordinal))
            await outbox.CopyAsync(scripts.Shards[tenant], cancellationToken);
        var known = await ledger.FindAsync([.. entries.Select(entry => entry.Id)], cancellationToken);
        var booked = new List<PlacedEntry>(entries.Count);
        try
        {
            foreach (var entry in entries)
            {
                if (!known.ContainsKey(entry.Id) && await AppendAsync(entry, budgets) is { } placed)
                    booked.Add(placed);
            }
        }
        finally
        {
            // Nobody else knows of them: they must not be in Redis alone when this returns.
            await ledger.InsertAsync(booked, CancellationToken.None);
        }

        return booked.ConvertAll(static placed => placed.Entry.Id);
    }

    /// <summary>
    /// Settles what Redis has no reservation of: nothing to do where the ledger has its entry, a correction where that is a presumed one, and the whole
    /// cost where it has none, as an overrun since nothing is held for it.
    /// </summary>
    /// <param name="call">Null = this proxy does not know the call either.</param>
    /// <param name="settlement">Null = void.</param>
    public async ValueTask<SettleOutcome> ResolveUnknownAsync(string tenant, Guid id, ReservedCall? call, Settlement? settlement)
    {
        await outbox.CopyAsync(scripts.Shards[tenant], CancellationToken.None);
        var found = await ledger.FindAsync([id], CancellationToken.None);
        if (!found.TryGetValue(id, out var basis))
        {
            if (call is null)
                return SettleOutcome.Unknown;
            if (settlement is not null)
                await AppendAsync([Unheld(call, settlement, id, scripts.Shards[tenant].Now)], BudgetsOf(tenant), CancellationToken.None);
            return SettleOutcome.Resolved;
        }

        if (basis != UsageBasis.Presumed || call is null || settlement?.Basis == UsageBasis.Presumed || await ledger.IsAdjustedAsync(id, CancellationToken.None))
            return SettleOutcome.AlreadyResolved;
        var adjusting = Entries.Adjusting(call, settlement ?? SettleStep.Nothing, scripts.Shards[tenant].Now);
        await AppendAsync([adjusting], BudgetsOf(tenant), CancellationToken.None);
        return SettleOutcome.Adjusted;
    }

    /// <summary>The entry of a call that nothing is held for: all of its cost is an overrun.</summary>
    public static LedgerEntry Unheld(ReservedCall call, Settlement settlement, Guid id, DateTimeOffset now)
    {
        var settled = now < call.StartedAt ? call.StartedAt : now;
        var entry = Entries.Settled(call with { Amount = default, Expected = null }, settlement, settled);
        return entry with { Id = id };
    }

    /// <returns>Null = it is there already.</returns>
    private async Task<PlacedEntry?> AppendAsync(LedgerEntry entry, IReadOnlyList<Budget> budgets)
    {
        entry = entry with { SettledAt = entry.SettledAt < entry.StartedAt ? entry.StartedAt : entry.SettledAt };
        var shard = scripts.Shards[entry.Tenant];
        var begun = scripts.Shards.Time.Clock.GetTimestamp();
        do
        {
            var definitions = Definitions[entry.Tenant];
            var answer = await scripts.RunAsync(
                shard,
                RedisScript.Append,
                [
                    entry.Tenant, entry.Id.ToString("N"), EntryCodec.Write(entry), entry.Cost.Value, entry.Usage.Total, entry.Adjusts is null ? 1 : 0, definitions.Version,
                    entry.Charged.Value,
                    .. definitions.With(budgets).Where(budget => budget.Tenant == entry.Tenant).SelectMany(budget => SpendOf(budget, entry)),
                ]);
            switch (CounterScripts.WordOf(answer))
            {
                case "booked":
                    outbox.HasNews(shard);
                    return new PlacedEntry(entry, new Place(answer.Generation, (long)answer.Parts![Shard.AnswerHead + 1]));
                case "already":
                    return null;
                case "definitions":
                    Definitions.Learn(entry.Tenant, answer.Parts.AsSpan(Shard.AnswerHead));
                    break;
                default:
                    await Task.Delay(Pause);
                    break;
            }
        }
        while (scripts.Shards.Time.Clock.GetElapsedTime(begun) < Patience);

        throw new StoreUnavailableException("The tenant was busy for too long.");
    }

    private static IEnumerable<RedisValue> SpendOf(Budget budget, LedgerEntry entry)
    {
        var caller = entry.ToCaller();
        if (!BudgetMatcher.Matches(budget, caller, entry.Provider, entry.Model))
            return [];
        var scope = BudgetMatcher.ScopeValue(budget, caller, entry.Provider, entry.Model);
        if (!budget.Acts.Counts(scope, entry.StartedAt))
            return [];
        var counted = CountedBudget.Of(budget);
        var slot = counted.SlotAt(entry.StartedAt);
        return [counted.Shape, scope, counted.Unit, slot.Start, slot.Ends, counted.Span];
    }
}
