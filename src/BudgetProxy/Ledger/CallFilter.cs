namespace BudgetProxy.Ledger;

/// <summary>Which calls to list; null = any.</summary>
/// <param name="Status">HTTP status of the provider's answer; 0 = none came.</param>
public sealed record CallFilter(string? Tenant = null, string? User = null, string? Model = null, int? Status = null);
