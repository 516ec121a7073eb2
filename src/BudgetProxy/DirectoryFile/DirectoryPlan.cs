using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>What has to change so that the directory is as a file says.</summary>
/// <param name="Changes">To be read by people: plans, then tenant by tenant in the order of their ids, then deletions of whole tenants and plans.</param>
/// <param name="Write">The same, to be stored.</param>
/// <param name="Next">The directory after it.</param>
/// <param name="Tenants">Those whose budgets in force may be others than before.</param>
internal sealed record DirectoryPlan(
    IReadOnlyList<PlannedChange> Changes, DirectoryWrite Write, DirectorySnapshot Next, IReadOnlyCollection<string> Tenants);
