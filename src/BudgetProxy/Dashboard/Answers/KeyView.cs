namespace BudgetProxy.Dashboard.Answers;

/// <summary>A virtual key. The key itself is there once, in the answer that makes it.</summary>
public sealed record KeyView(
    string Id, string? Key, string Prefix, string Name, string? User, string? Project, IReadOnlyList<string>? AllowedModels,
    DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt, bool Revoked, string? Replaces);
