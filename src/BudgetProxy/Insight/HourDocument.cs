namespace BudgetProxy.Insight;

/// <summary>One hour.</summary>
/// <param name="Hour">Its first instant, UTC.</param>
public sealed record HourDocument(string Hour, long Requests, long Refused, string CostUsd);
