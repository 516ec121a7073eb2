namespace BudgetProxy.Dashboard.Answers;

/// <summary>How often a reason refused.</summary>
public sealed record RefusalCodeView(string Code, long Count);
