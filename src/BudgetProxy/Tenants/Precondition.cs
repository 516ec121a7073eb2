namespace BudgetProxy.Tenants;

/// <summary>What a caller knows of the thing that it changes (RFC 9110, If-Match and If-None-Match). Compared by definition tags.</summary>
/// <param name="Tags">One of these must be its tag; empty = any will do, but it must exist; null = not asked for.</param>
/// <param name="MustBeNew">True: it must not exist.</param>
public sealed record Precondition(IReadOnlyList<string>? Tags, bool MustBeNew = false)
{
    /// <param name="present">The tag of what is there; null = nothing is.</param>
    public bool Holds(string? present) =>
        (Tags is null || (present is not null && (Tags.Count == 0 || Tags.Contains(present, StringComparer.Ordinal)))) && !(MustBeNew && present is not null);
}
