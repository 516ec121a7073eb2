namespace BudgetProxy.Alerts;

/// <summary>Which alerts; null = any. Newest first.</summary>
/// <param name="After">Only those older than this one.</param>
/// <param name="Most">At most so many.</param>
public sealed record AlertQuery(string? Tenant, string? Kind, Guid? After, int Most);
