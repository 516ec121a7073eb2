using System.Collections.Concurrent;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed.Postgres;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Compares counters with the ledger without holding anybody up: what counters say at a place must be the sum of the entries up to it, wherever the
/// calls are by then.
/// </summary>
internal sealed class DriftCheck(CounterScripts scripts, Outbox outbox, PostgresLedger ledger)
{
    private const int MostKnown = 10_000;

    /// <summary>Budgets compared in one check.</summary>
    private const int MostCompared = 20;

    private const int MostScopes = 200;

    private readonly ConcurrentDictionary<RedisValue, Budget> _used = new();

    /// <summary>Budgets that calls meet here are the ones to check.</summary>
    public void Uses(List<PlannedHold> plan)
    {
        foreach (var planned in plan)
        {
            if (!_used.ContainsKey(planned.Budget.Shape) && _used.Count < MostKnown)
                _used[planned.Budget.Shape] = planned.Hold.Budget;
        }
    }

    /// <returns>Σ |counter − ledger| in nano-dollars, calls and tokens.</returns>
    public async ValueTask<long> MeasureAsync(CancellationToken cancellationToken)
    {
        long distance = 0;
        foreach (var (shape, budget) in _used.Take(MostCompared).ToList())
        {
            distance += await DistanceAsync(CountedBudget.Of(budget), cancellationToken);
            // What is still used comes again, behind those that were not looked at.
            _used.TryRemove(shape, out _);
        }

        return distance;
    }

    private async Task<long> DistanceAsync(CountedBudget budget, CancellationToken cancellationToken)
    {
        var tenant = budget.Budget.Tenant;
        var shard = scripts.Shards[tenant];
        var listed = await scripts.RunAsync(shard, RedisScript.Read, tenant, budget.Shape, "", "", "", 0);
        var names = (string[])listed.Parts![Shard.AnswerHead]!;
        if (names[0] == "count")
            return 0;
        var scopes = names.Skip(1).Take(MostScopes).ToList();
        var slot = budget.SlotAt(shard.Now);
        var answer = await scripts.RunAsync(
            shard, RedisScript.Read, [tenant, .. scopes.SelectMany(scope => new RedisValue[] { budget.Shape, scope, slot.Start, budget.Span, RedisValue.EmptyString })]);
        if (!slot.Holds(CounterScripts.TimeOf(answer)))
            return 0;

        await outbox.CopyAsync(shard, cancellationToken);
        var sums = await ledger.SumAsync(budget.Budget, CounterScripts.TimeOf(answer), CounterScripts.PlaceOf(answer), cancellationToken);
        var spent = sums.Slots.GroupBy(slot => slot.Key.Scope, slot => slot.Value.Spent, StringComparer.Ordinal)
            .ToDictionary(scope => scope.Key, scope => scope.Sum(), StringComparer.Ordinal);
        long distance = 0;
        for (var i = 0; i < scopes.Count; i++)
        {
            var state = (RedisResult[])answer.Parts![Shard.AnswerHead + i]!;
            if ((string)state[0]! == "state")
                distance += Math.Abs((long)state[1] - spent.GetValueOrDefault(scopes[i]));
        }

        return distance;
    }
}
