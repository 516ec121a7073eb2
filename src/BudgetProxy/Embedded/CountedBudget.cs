using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Embedded;

/// <summary>What the counters in memory say that a budget has spent, slot by slot.</summary>
internal sealed record CountedBudget(long ShapeId, Budget Budget, List<(string Scope, long Slot, long Spent)> Slots);
