using BudgetProxy.Storage;
using BudgetProxy.Tenants;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>A row of <c>admin_keys</c>.</summary>
internal sealed class AdminKeyRow
{
    public required string Id { get; set; }

    public required string Name { get; set; }

    public required string Role { get; set; }

    public required string Prefix { get; set; }

    public required byte[] Sha256 { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public static AdminKeyRow Of(AdminKey key) => new()
    {
        Id = key.Id,
        Name = key.Name,
        Role = DirectoryTexts.Name(key.Role),
        Prefix = key.Prefix,
        Sha256 = key.Hash.ToArray(),
        CreatedAt = Instants.Whole(key.CreatedAt),
    };

    public AdminKey ToKey() => new(Id, Name, DirectoryTexts.Value<AdminRole>(Role), Prefix, CreatedAt, new KeyHash(Sha256));
}
