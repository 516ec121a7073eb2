namespace BudgetProxy.DirectoryFile;

/// <summary>What a file says.</summary>
/// <param name="Plans">Ordered by name; none twice.</param>
/// <param name="Tenants">Ordered by id; none twice.</param>
internal sealed record WantedDirectory(IReadOnlyList<WantedPlan> Plans, IReadOnlyList<WantedTenant> Tenants);
