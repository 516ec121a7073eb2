namespace BudgetProxy.Insight;

/// <summary>Refusals since an instant.</summary>
/// <param name="Recent">The reasons that came last, most recent first; each counts all of the time that was asked for, and its hour says nothing.</param>
/// <param name="Hours">All of them by hour and code.</param>
public sealed record RefusalSummary(IReadOnlyList<RefusalCount> Recent, IReadOnlyList<RefusalHour> Hours);
