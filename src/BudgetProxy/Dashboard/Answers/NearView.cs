namespace BudgetProxy.Dashboard.Answers;

/// <summary>A counter near its limit.</summary>
public sealed record NearView(
    string Tenant, string Budget, string? Value, decimal Limit, decimal Spent, decimal Held, decimal Remaining, string Unit, decimal Share,
    DateTimeOffset? ResetsAt);
