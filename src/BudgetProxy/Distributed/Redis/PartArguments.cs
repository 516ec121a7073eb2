using BudgetProxy.Core.Budgets;
using BudgetProxy.Ledger;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>What <c>part.lua</c> is asked for.</summary>
/// <param name="Before">The reservation as it is.</param>
/// <param name="After">As the part leaves it.</param>
/// <param name="Lines">Entries that the ledger has not got.</param>
/// <param name="TakenBack">The entry for a reservation that was charged as presumed; null = it would take nothing back, or the ledger has it.</param>
internal sealed record PartArguments(StandingRow Before, StandingRow After, IReadOnlyList<LedgerEntry> Lines, LedgerEntry? TakenBack)
{
    public RedisValue[] Write(PartSettlement part, TenantDefinitions definitions)
    {
        var spends = SpendsOf(definitions.With(part.Budgets));
        var call = After.Call;
        return
        [
            Before.Tenant, Before.Id.ToString("N"), part.Part, definitions.Version,
            Before.Call.Amount.Value - call.Amount.Value, Before.Call.WorstUsage.Total - call.WorstUsage.Total,
            Before.Call.AskedOf(LimitKind.Charged) - call.AskedOf(LimitKind.Charged), Before.Call.Charged.Value - call.Charged.Value,
            EntryCodec.Write(call), call.Amount.Value, call.WorstUsage.Total,
            TakenBack is null ? "" : TakenBack.Id.ToString("N"), TakenBack is null ? "" : EntryCodec.Write(TakenBack),
            Lines.Count, spends.Count, part.Shares.Count,
            .. Lines.SelectMany(line => new RedisValue[] { line.Id.ToString("N"), EntryCodec.Write(line) }),
            .. spends.SelectMany(spend => Spend(spend.Key.Budget, spend.Key.Scope, spend.Value)),
            .. part.Shares.Select(share => (RedisValue)Math.Max(0, share)),
        ];
    }

    /// <summary>What the lines spend in each counter: all of them in the slot that the reservation started in.</summary>
    private Dictionary<(CountedBudget Budget, string Scope), long> SpendsOf(List<Budget> budgets)
    {
        var spends = new Dictionary<(CountedBudget Budget, string Scope), long>();
        foreach (var budget in budgets.Where(budget => budget.Tenant == Before.Tenant))
        {
            var counted = CountedBudget.Of(budget);
            foreach (var line in Lines)
            {
                var caller = line.ToCaller();
                if (!BudgetMatcher.Matches(budget, caller, line.Provider, line.Model))
                    continue;
                var key = (counted, BudgetMatcher.ScopeValue(budget, caller, line.Provider, line.Model));
                if (!budget.Acts.Counts(key.Item2, Before.StartedAt))
                    continue;
                spends[key] = spends.GetValueOrDefault(key) + Spent(budget.LimitKind, line);
            }
        }

        return spends;
    }

    /// <summary>A correction is no call more.</summary>
    private static long Spent(LimitKind kind, LedgerEntry line) =>
        kind == LimitKind.Requests && line.Adjusts is not null ? 0 : BudgetMatcher.SpentOf(kind, line.Cost, line.Charged, line.Usage.Total);

    private IEnumerable<RedisValue> Spend(CountedBudget budget, string scope, long amount)
    {
        var slot = budget.SlotAt(Before.StartedAt);
        return [budget.Shape, scope, slot.Start, slot.Ends, budget.Span, amount];
    }
}
