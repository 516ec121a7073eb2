namespace BudgetProxy.Audit;

/// <summary>Which entries are wanted; null = any.</summary>
/// <param name="By">Id or name of who made the change.</param>
/// <param name="To">Exclusive.</param>
/// <param name="Below">Only entries with a smaller id: where the page before ended.</param>
public sealed record AuditFilter(string? Tenant, string? Action, string? By, DateTimeOffset? From, DateTimeOffset? To, long? Below);
