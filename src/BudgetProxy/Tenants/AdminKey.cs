namespace BudgetProxy.Tenants;

/// <summary>A key to the admin API. Only its SHA-256 is stored.</summary>
/// <param name="Id">Public id, such as <c>adk_01j…</c>.</param>
/// <param name="Prefix">The first characters of the key, to recognise it by.</param>
public sealed record AdminKey(string Id, string Name, AdminRole Role, string Prefix, DateTimeOffset CreatedAt, KeyHash Hash);
