using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Billing;

/// <summary>The highest allowance of a kind that a tenant had in a UTC month.</summary>
/// <param name="Month">Its first instant.</param>
/// <param name="Amount">Nano-dollars of what is charged, requests, or tokens.</param>
public sealed record MonthAllowance(string Tenant, DateTimeOffset Month, LimitKind Kind, long Amount);
