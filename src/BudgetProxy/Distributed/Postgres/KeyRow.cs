using BudgetProxy.Tenants;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>A row of <c>virtual_keys</c>.</summary>
internal sealed class KeyRow
{
    public required string Id { get; set; }

    public required string Tenant { get; set; }

    public required string Name { get; set; }

    public required string Prefix { get; set; }

    public required byte[] Sha256 { get; set; }

    public string? PinnedUser { get; set; }

    public string? PinnedProject { get; set; }

    public string[] AllowedModels { get; set; } = [];

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public bool Revoked { get; set; }

    public string? Replaces { get; set; }

    public static KeyRow Of(StoredKey stored) => new()
    {
        Id = stored.Key.Id,
        Tenant = stored.Key.Tenant,
        Name = stored.Key.Name,
        Prefix = stored.Key.Prefix,
        Sha256 = stored.Hash.ToArray(),
        PinnedUser = stored.Key.User,
        PinnedProject = stored.Key.Project,
        AllowedModels = [.. stored.Key.AllowedModels],
        ExpiresAt = stored.Key.ExpiresAt is { } expires ? Instants.Whole(expires) : null,
        CreatedAt = Instants.Whole(stored.Key.CreatedAt),
        Revoked = stored.Key.Revoked,
        Replaces = stored.Key.Replaces,
    };

    public StoredKey ToKey() => new(
        new VirtualKey
        {
            Id = Id,
            Tenant = Tenant,
            Name = Name,
            Prefix = Prefix,
            User = PinnedUser,
            Project = PinnedProject,
            AllowedModels = AllowedModels,
            ExpiresAt = ExpiresAt,
            CreatedAt = CreatedAt,
            Revoked = Revoked,
            Replaces = Replaces,
        },
        new KeyHash(Sha256));
}
