using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Alerts;

/// <summary>Who made calls, and to which model: all that decides which counters they count in.</summary>
public sealed record Spender(Caller Caller, string Provider, string Model);
