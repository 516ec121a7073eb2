namespace BudgetProxy.Dashboard.Answers;

/// <summary>An admin key. The key itself is there once, in the answer that makes it.</summary>
public sealed record AdminKeyView(string Id, string? Key, string Prefix, string Name, string Role, DateTimeOffset CreatedAt);
