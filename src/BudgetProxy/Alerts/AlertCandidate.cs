namespace BudgetProxy.Alerts;

/// <summary>An alert that is raised unless its mark says that it rang before.</summary>
public sealed record AlertCandidate(Alert Alert, AlertMark Mark);
