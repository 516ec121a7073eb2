namespace BudgetProxy.Core.Budgets;

/// <summary>One budget's share of a reservation.</summary>
/// <param name="ScopeValue">The value of the budget's <c>per</c> for this call; empty where the budget has one counter.</param>
/// <param name="Amount">What is asked for: nano-dollars, calls or tokens by the budget's limit kind.</param>
public readonly record struct Hold(Budget Budget, string ScopeValue, long Amount);
