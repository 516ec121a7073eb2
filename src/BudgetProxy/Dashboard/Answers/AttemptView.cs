namespace BudgetProxy.Dashboard.Answers;

/// <summary>One attempt to deliver.</summary>
public sealed record AttemptView(DateTimeOffset At, int? Status, string? Error, long Milliseconds);
