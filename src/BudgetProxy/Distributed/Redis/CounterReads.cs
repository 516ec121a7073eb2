using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>Reads live counters; a budget that is not counted yet is counted first.</summary>
internal sealed class CounterReads(CounterScripts scripts, BudgetCounting counting)
{
    private const int MostAttempts = 5;
    private const int PageSize = 500;

    /// <summary>The state of each hold's counter, in order. All are of one tenant.</summary>
    public async Task<IReadOnlyList<BudgetState>> ReadAsync(IReadOnlyList<Hold> holds)
    {
        var budgets = holds.Select(hold => CountedBudget.Of(hold.Budget)).ToList();
        var shard = scripts.Shards[holds[0].Budget.Tenant];
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var slots = budgets.ConvertAll(budget => budget.SlotAt(shard.Now));
            var answer = await scripts.RunAsync(shard, RedisScript.Read, [holds[0].Budget.Tenant, .. Questions(holds, budgets, slots)]);
            var now = CounterScripts.TimeOf(answer);
            if (slots.TrueForAll(slot => slot.Holds(now)) && await StatesAsync(answer, holds, slots) is { } states)
                return states;
        }

        throw new StoreUnavailableException("The counters changed while they were read; try again.");
    }

    /// <summary>Every counter of the budget that was used in the present window, ordered by scope.</summary>
    public async Task<IReadOnlyList<BudgetState>> ReadScopesAsync(Budget budget)
    {
        var scopes = new SortedSet<string>(StringComparer.Ordinal);
        RedisValue shape = CountedBudget.Of(budget).Shape;
        for (var skip = 0; ; skip += PageSize)
        {
            var answer = await scripts.RunAsync(scripts.Shards[budget.Tenant], RedisScript.Read, budget.Tenant, shape, "", "", "", skip);
            var page = (string[])answer.Parts![Shard.AnswerHead]!;
            if (page[0] == "count")
            {
                await counting.CountAsync(budget);
                skip = -PageSize;
                continue;
            }

            scopes.UnionWith(page.Skip(1));
            if (page.Length <= PageSize)
                break;
        }

        var states = new List<BudgetState>();
        foreach (var page in scopes.Chunk(PageSize))
            states.AddRange(await ReadAsync([.. page.Select(scope => new Hold(budget, scope, 0))]));
        return states;
    }

    private static IEnumerable<RedisValue> Questions(IReadOnlyList<Hold> holds, List<CountedBudget> budgets, List<CountedSlot> slots)
    {
        for (var i = 0; i < holds.Count; i++)
        {
            yield return budgets[i].Shape;
            yield return holds[i].ScopeValue;
            yield return slots[i].Start;
            yield return budgets[i].Span;
            yield return RedisValue.EmptyString;
        }
    }

    /// <summary>Null = one was not counted; it is now.</summary>
    private async Task<IReadOnlyList<BudgetState>?> StatesAsync(ScriptAnswer answer, IReadOnlyList<Hold> holds, List<CountedSlot> slots)
    {
        var states = new BudgetState[holds.Count];
        for (var i = 0; i < states.Length; i++)
        {
            var amounts = (RedisResult[])answer.Parts![Shard.AnswerHead + i]!;
            if ((string)amounts[0]! == "count")
            {
                await counting.CountAsync(holds[i].Budget);
                return null;
            }

            var budget = CountedBudget.Of(holds[i].Budget);
            states[i] = new BudgetState(
                holds[i].Budget, holds[i].ScopeValue, (long)amounts[1], (long)amounts[2], ReserveAnswer.ResetsAt(budget, slots[i], (string)amounts[3]!),
                holds[i].Budget.ToppedUpIn(holds[i].ScopeValue, slots[i].Slot));
        }

        return states;
    }
}
