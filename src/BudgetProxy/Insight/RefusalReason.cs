namespace BudgetProxy.Insight;

/// <summary>What refusals are counted apart by; empty = none, or not counted apart.</summary>
internal readonly record struct RefusalReason(string Tenant, string Code, string Budget, string Model);
