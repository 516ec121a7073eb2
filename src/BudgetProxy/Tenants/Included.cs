using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tenants;

/// <summary>What a plan gives each of its tenants free in each calendar month of UTC, before usage is billed.</summary>
/// <param name="Kind"><see cref="LimitKind.Usd"/> = dollars of what the customer is charged, its markup among them.</param>
/// <param name="Amount">Nano-dollars, calls or tokens, 0 to 2^52.</param>
public sealed record Included(LimitKind Kind, long Amount);
