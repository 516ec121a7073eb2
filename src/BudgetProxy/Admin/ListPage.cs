namespace BudgetProxy.Admin;

/// <summary>One page of a list.</summary>
/// <param name="Next">What to pass as <c>after</c> to get the next page; null = this is the last.</param>
public sealed record ListPage<T>(IReadOnlyList<T> Items, string? Next);
