namespace BudgetProxy.Dashboard.Answers;

/// <summary>An alert that was raised.</summary>
public sealed record AlertView(string Id, string Kind, string? Tenant, string Summary, DateTimeOffset At);
