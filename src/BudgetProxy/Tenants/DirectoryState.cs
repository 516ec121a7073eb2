namespace BudgetProxy.Tenants;

/// <summary>A snapshot and where it stands in the store's change feed. Two are the same only where nothing was swapped in between.</summary>
/// <param name="Version">What the snapshot holds at least.</param>
internal sealed record DirectoryState(DirectorySnapshot Snapshot, long Version);
