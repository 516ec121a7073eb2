namespace BudgetProxy.Tenants;

/// <summary>What the store holds of the directory, all of it or a part. Tenants come with their own budgets, and not yet with what their plan gives.</summary>
/// <param name="Version">Of the change feed, as of this content; 0 where the store has none.</param>
public sealed record DirectoryContent(
    IReadOnlyList<Tenant> Tenants, IReadOnlyList<StoredKey> Keys, IReadOnlyList<AdminKey> AdminKeys, IReadOnlyList<Plan> Plans, long Version = 0);
