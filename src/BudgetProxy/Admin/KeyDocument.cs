using System.Text.Json.Serialization;
using BudgetProxy.Tenants;

namespace BudgetProxy.Admin;

/// <summary>A virtual key as the admin API shows it.</summary>
/// <param name="Key">The key itself, in the answer that makes it and never again.</param>
/// <param name="Prefix">The first characters of the key, to recognise it by.</param>
/// <param name="ExpiresAt">From then on calls with it are refused; null = it does not expire.</param>
/// <param name="Replaces">Id of the key that this one was made to follow; null = none.</param>
public sealed record KeyDocument(
    string Id, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key, string Prefix, string Name, string Tenant,
    string? User, string? Project, IReadOnlyList<string> AllowedModels, string? ExpiresAt, string CreatedAt, bool Revoked, string? Replaces)
{
    public static KeyDocument Of(VirtualKey key) => Of(key, secret: null);

    public static KeyDocument Of(IssuedKey<VirtualKey> issued) => Of(issued.Key, issued.Secret.Text);

    internal static VirtualKey Read(string tenant, FieldReader fields, string id = "")
    {
        var key = new VirtualKey
        {
            Id = id,
            Prefix = "",
            Tenant = tenant,
            Name = fields.Required("name") ?? "",
            User = fields.Text("user"),
            Project = fields.Text("project"),
            AllowedModels = fields.TextList("allowedModels", DirectoryRules.MaxAllowedModels),
            ExpiresAt = fields.Instant("expiresAt"),
        };
        fields.RefuseUnknown();
        return key;
    }

    private static KeyDocument Of(VirtualKey key, string? secret) => new(
        key.Id, secret, key.Prefix, key.Name, key.Tenant, key.User, key.Project, key.AllowedModels,
        key.ExpiresAt is { } expires ? Names.Of(expires) : null, Names.Of(key.CreatedAt), key.Revoked, key.Replaces);
}
