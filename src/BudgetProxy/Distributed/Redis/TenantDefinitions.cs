using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using StackExchange.Redis;

namespace BudgetProxy.Distributed.Redis;

/// <summary>
/// Budgets of a tenant as they were last defined or deleted in this generation, by whichever proxy. A call carries the definitions of the snapshot
/// that it was matched on, which may be a second older: those decide about it, and it counts in the newest ones too.
/// </summary>
/// <param name="Version">As the counters number it.</param>
/// <param name="Newest">What is defined, without what is deleted.</param>
internal sealed record TenantDefinitions(RedisValue Version, IReadOnlyList<Budget> Newest)
{
    public static readonly TenantDefinitions None = new(0, []);

    /// <summary>The holds that a reservation takes now.</summary>
    public List<PlannedHold> Plan(Reservation reservation, DateTimeOffset now)
    {
        var holds = reservation.Holds;
        var plan = new List<PlannedHold>(holds.Count);
        for (var i = 0; i < holds.Count; i++)
        {
            var budget = CountedBudget.Of(holds[i].Budget);
            var slot = budget.SlotAt(now);
            plan.Add(new PlannedHold(
                budget, holds[i], slot, holds[i].Budget.Mode == BudgetMode.Enforce, holds[i].Budget.LimitIn(holds[i].ScopeValue, slot.Slot)));
        }

        if (reservation.Standing)
            AddOwn(ReservedCall.Of(reservation, now), plan);
        if (Newest.Count > 0)
            AddNewest(reservation, now, plan);
        return plan;
    }

    /// <summary>These budgets, and the newest ones that are not among them.</summary>
    public List<Budget> With(IReadOnlyList<Budget> budgets)
    {
        var all = new List<Budget>(budgets);
        foreach (var newest in Newest)
        {
            if (!all.Exists(budget => CountedBudget.Of(budget).Shape == CountedBudget.Of(newest).Shape))
                all.Add(newest);
        }

        return all;
    }

    /// <summary>What a call holds of a budget; null = it does not count there. Whether it started before a reset is not asked.</summary>
    public static Hold? Hold(Budget budget, ReservedCall call)
    {
        if (!BudgetMatcher.Matches(budget, call.Caller, call.Provider, call.Model))
            return null;
        var scope = BudgetMatcher.ScopeValue(budget, call.Caller, call.Provider, call.Model);
        return new Hold(budget, scope, call.AmountIn(budget));
    }

    /// <summary>
    /// Marks the holds of a standing reservation where it counts as one call, and adds one of 0 where it does and none of its lines: what is presumed of it
    /// is spent there.
    /// </summary>
    private static void AddOwn(ReservedCall call, List<PlannedHold> plan)
    {
        var without = new Dictionary<RedisValue, PlannedHold>();
        var with = new HashSet<RedisValue>();
        for (var i = 0; i < plan.Count; i++)
        {
            var (budget, hold, _, enforced, _, _) = plan[i];
            var own = call.CountsIn(hold.Budget, hold.ScopeValue);
            plan[i] = plan[i] with { Own = own, Enforced = enforced && hold.Amount > 0 };
            without.TryAdd(budget.Shape, plan[i]);
            if (own)
                with.Add(budget.Shape);
        }

        foreach (var (shape, planned) in without)
        {
            if (!with.Contains(shape) && Hold(planned.Hold.Budget, call) is { } hold)
                plan.Add(planned with { Hold = hold with { Amount = 0 }, Enforced = false, Own = true });
        }
    }

    private void AddNewest(Reservation reservation, DateTimeOffset now, List<PlannedHold> plan)
    {
        ReservedCall? call = null;
        foreach (var newest in Newest)
        {
            var budget = CountedBudget.Of(newest);
            if (IsPlanned(budget, plan))
                continue;
            call ??= ReservedCall.Of(reservation, now);
            if (Hold(newest, call) is { } hold)
                plan.Add(new PlannedHold(budget, hold, budget.SlotAt(now), Enforced: false, newest.Limit));
        }
    }

    private static bool IsPlanned(CountedBudget budget, List<PlannedHold> plan)
    {
        foreach (var planned in plan)
        {
            if (planned.Budget.Shape == budget.Shape)
                return true;
        }

        return false;
    }
}
