namespace BudgetProxy.Alerts;

/// <summary>One counter of a tenant's budget.</summary>
/// <param name="Value">The value of the budget's <c>per</c>; empty where it has one counter.</param>
public readonly record struct CounterKey(string Tenant, string Budget, string Value);
