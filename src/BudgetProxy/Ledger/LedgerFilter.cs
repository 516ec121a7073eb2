namespace BudgetProxy.Ledger;

/// <summary>Which entries; null = any. Times bound <c>SettledAt</c>: from inclusive, to exclusive.</summary>
public sealed record LedgerFilter(
    string? Tenant = null, string? User = null, string? Project = null, string? Model = null, DateTimeOffset? From = null, DateTimeOffset? To = null);
