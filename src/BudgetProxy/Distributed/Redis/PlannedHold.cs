using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Distributed.Redis;

/// <summary>A hold as the reserve script is asked for it.</summary>
/// <param name="Enforced">False: it counts but can't refuse; a shadow budget, or one that the call was not matched on.</param>
/// <param name="Limit">Of the counter in this slot.</param>
/// <param name="Own">False: of lines of a standing reservation, at another caller or model than its own.</param>
internal readonly record struct PlannedHold(CountedBudget Budget, Hold Hold, CountedSlot Slot, bool Enforced, long Limit, bool Own = true);
