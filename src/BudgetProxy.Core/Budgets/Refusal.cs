namespace BudgetProxy.Core.Budgets;

/// <summary>Why a reservation was not taken: the first budget, in the tenant's order, that could not take its hold.</summary>
/// <param name="Limit">By the budget's limit kind.</param>
/// <param name="Spent">Settled in this window.</param>
/// <param name="Held">Reserved now by other calls.</param>
/// <param name="ResetsAt">When the window ends (rolling: when room next comes back); null = never (lifetime, run).</param>
/// <param name="HeldByOthers">True when the hold would fit once the calls in flight have given back theirs: worth a retry in seconds.</param>
public sealed record Refusal(Budget Budget, string ScopeValue, long Limit, long Spent, long Held, DateTimeOffset? ResetsAt, bool HeldByOthers)
{
    /// <summary>Limit − Spent − Held; may be negative after an overrun.</summary>
    public long Remaining => Limit - Spent - Held;
}
