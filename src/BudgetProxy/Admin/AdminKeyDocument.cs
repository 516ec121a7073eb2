using System.Text.Json.Serialization;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>An admin key as the admin API shows it.</summary>
/// <param name="Key">The key itself, in the answer that makes it and never again.</param>
public sealed record AdminKeyDocument(
    string Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key, string Prefix, string Name, string Role,
    string CreatedAt)
{
    public static AdminKeyDocument Of(AdminKey key) => Of(key, secret: null);

    public static AdminKeyDocument Of(IssuedKey<AdminKey> issued) => Of(issued.Key, issued.Secret.Text);

    private static AdminKeyDocument Of(AdminKey key, string? secret) =>
        new(key.Id, secret, key.Prefix, key.Name, Names.Of(key.Role), Names.Of(key.CreatedAt));
}
