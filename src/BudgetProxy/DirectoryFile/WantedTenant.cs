using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>A tenant as a file wants it.</summary>
/// <param name="Tenant">With the budgets that the file names, in its order.</param>
/// <param name="Place">Of its id.</param>
internal sealed record WantedTenant(Tenant Tenant, IReadOnlyList<WantedKey> Keys, FilePlace Place)
{
    public string Path => "tenants." + Tenant.Id;
}
