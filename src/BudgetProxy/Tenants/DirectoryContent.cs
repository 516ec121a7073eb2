namespace BudgetProxy.Tenants;

/// <summary>All that the store holds of the directory. Tenants come with their budgets.</summary>
public sealed record DirectoryContent(IReadOnlyList<Tenant> Tenants, IReadOnlyList<StoredKey> Keys, IReadOnlyList<AdminKey> AdminKeys);
