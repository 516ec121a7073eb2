namespace BudgetProxy.Dashboard.Answers;

/// <summary>Calls that were refused for the same reason.</summary>
public sealed record RefusalView(string Code, string? Budget, string Tenant, long Count, DateTimeOffset LastAt, string? Model);
