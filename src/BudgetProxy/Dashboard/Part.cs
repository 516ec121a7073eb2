using BudgetProxy.Dashboard.Answers;

namespace BudgetProxy.Dashboard;

/// <summary>One part of a page: its content, or why there is none. Exactly one of the two.</summary>
public sealed record Part<T>(T? Value, Problem? Problem)
    where T : class;
