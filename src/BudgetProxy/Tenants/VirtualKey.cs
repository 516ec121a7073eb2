namespace BudgetProxy.Tenants;

/// <summary>What a credential names and pins. The key itself is stored nowhere, only its SHA-256.</summary>
public sealed record VirtualKey
{
    /// <summary>Public id, such as <c>key_01j…</c>; stands in ledger entries.</summary>
    public required string Id { get; init; }

    public required string Tenant { get; init; }

    public required string Name { get; init; }

    /// <summary>The first characters of the key, to recognise it by.</summary>
    public required string Prefix { get; init; }

    public string? User { get; init; }

    public string? Project { get; init; }

    /// <summary>Model patterns with <c>*</c>; empty = all that the tenant allows.</summary>
    public IReadOnlyList<string> AllowedModels { get; init; } = [];

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public bool Revoked { get; init; }

    /// <summary>Id of the key that this one was made to follow; null = none.</summary>
    public string? Replaces { get; init; }
}
