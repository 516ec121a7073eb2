using BudgetProxy.Admin;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Insight;

/// <summary>A budget's counter that is near its limit.</summary>
/// <param name="Value">Whose counter it is; null = the budget has only one.</param>
/// <param name="Limit">With its top-ups.</param>
/// <param name="Unit"><c>usd</c>, <c>requests</c>, <c>tokens</c> or <c>chargedUsd</c>: of the amounts.</param>
/// <param name="Share">(Spent + held) ÷ limit; above 1 after an overrun.</param>
/// <param name="ResetsAt">Null = never.</param>
public sealed record NearestDocument(
    string Tenant, string Budget, string? Value, BudgetAmount Limit, BudgetAmount Spent, BudgetAmount Held, BudgetAmount Remaining, string Unit, decimal Share,
    string? ResetsAt)
{
    public static NearestDocument Of(BudgetState state)
    {
        var (budget, kind) = (state.Budget, state.Budget.LimitKind);
        return new NearestDocument(
            budget.Tenant, budget.Name, budget.Per is null ? null : state.ScopeValue, new(kind, state.Limit), new(kind, state.Spent), new(kind, state.Held),
            new(kind, state.Remaining), kind.Name(), NearestBudgets.ShareOf(state), state.ResetsAt is { } at ? Names.Of(at) : null);
    }
}
