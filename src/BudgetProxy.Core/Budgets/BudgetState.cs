namespace BudgetProxy.Core.Budgets;

/// <summary>One counter as it stood at an instant.</summary>
/// <param name="ScopeValue">The value of the budget's <c>per</c>; empty where the budget has one counter.</param>
/// <param name="ResetsAt">When the window ends; null = never.</param>
public sealed record BudgetState(Budget Budget, string ScopeValue, long Spent, long Held, DateTimeOffset? ResetsAt)
{
    /// <summary>Limit − Spent − Held; may be negative after an overrun.</summary>
    public long Remaining => Budget.Limit - Spent - Held;
}
