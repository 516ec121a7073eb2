using BudgetProxy.Core.Money;

namespace BudgetProxy.Core.Budgets;

/// <summary>One counter as it stood at an instant.</summary>
/// <param name="ScopeValue">The value of the budget's <c>per</c>; empty where the budget has one counter.</param>
/// <param name="ResetsAt">When the window ends; null = never.</param>
/// <param name="ToppedUp">What top-ups add to the budget's limit in the present window, nano-dollars.</param>
public sealed record BudgetState(Budget Budget, string ScopeValue, long Spent, long Held, DateTimeOffset? ResetsAt, long ToppedUp = 0)
{
    /// <summary>What the counter may come to in the present window, at most 2^52.</summary>
    public long Limit => Math.Min(Budget.Limit + ToppedUp, NanoUsd.MaxLimit.Value);

    /// <summary>Limit − Spent − Held; may be negative after an overrun.</summary>
    public long Remaining => Limit - Spent - Held;
}
