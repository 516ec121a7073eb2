using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>A plan as a file wants it.</summary>
/// <param name="Place">Of its name.</param>
internal sealed record WantedPlan(Plan Plan, FilePlace Place)
{
    public string Path => "plans." + Plan.Id;
}
