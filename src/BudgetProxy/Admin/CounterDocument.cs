using System.Text.Json.Serialization;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Admin;

/// <summary>One counter of a budget with <c>per</c>.</summary>
/// <param name="Value">Whose it is: the value of the budget's <c>per</c>.</param>
/// <param name="ResetsAt">Null = never.</param>
public sealed record CounterDocument(string Value, BudgetAmount Spent, BudgetAmount Held, BudgetAmount Remaining, string? ResetsAt)
{
    /// <summary>What top-ups add to the budget's limit for this counter in the present window; left out = nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BudgetAmount? ToppedUp { get; init; }

    public static CounterDocument Of(BudgetState state)
    {
        var kind = state.Budget.LimitKind;
        return new CounterDocument(
            state.ScopeValue, new BudgetAmount(kind, state.Spent), new BudgetAmount(kind, state.Held), new BudgetAmount(kind, state.Remaining),
            state.ResetsAt is { } at ? Names.Of(at) : null)
        {
            ToppedUp = state.ToppedUp > 0 ? new BudgetAmount(kind, state.ToppedUp) : null,
        };
    }
}
