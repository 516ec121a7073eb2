namespace BudgetProxy.Tenants;

/// <summary>What has changed in the directory since a version of it.</summary>
/// <param name="Content">The changed tenants with their keys and budgets, the changed plans, the admin keys where they changed, and the version that this leads to.</param>
/// <param name="Tenants">The ids of the tenants that changed: one that <paramref name="Content"/> lacks is deleted. Null = all of the directory is to be read anew.</param>
/// <param name="Plans">The ids of the plans that changed, likewise.</param>
/// <param name="AdminKeys">True where <paramref name="Content"/> has all admin keys, since one of them changed.</param>
public sealed record DirectoryChanges(DirectoryContent Content, IReadOnlyCollection<string>? Tenants, IReadOnlyCollection<string> Plans, bool AdminKeys);
