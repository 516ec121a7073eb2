namespace BudgetProxy.Dashboard.Answers;

/// <summary>One page of a list.</summary>
public sealed record ListOf<T>(IReadOnlyList<T> Items, string? Next, int? Total);
