using BudgetProxy.Audit;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tenants;

/// <summary>One step of the directory: all of it is stored, with its audit entries, or nothing is. What has the same id is replaced.</summary>
public sealed record DirectoryWrite
{
    /// <summary>The version of the change feed that the step was decided on: where anything was written since, it is not stored. Null = it depends on nothing.</summary>
    public long? Since { get; init; }

    /// <summary>Tenants' own fields; their budgets are not looked at.</summary>
    public IReadOnlyList<Tenant> Tenants { get; init; } = [];

    public IReadOnlyList<Plan> Plans { get; init; } = [];

    /// <summary>Tenants' own budgets; never those of a plan.</summary>
    public IReadOnlyList<Budget> Budgets { get; init; } = [];

    /// <summary>Top-ups and resets to add. Those of the same budget that were done before the instant are forgotten.</summary>
    public IReadOnlyList<(BudgetAct Act, DateTimeOffset Before)> Acts { get; init; } = [];

    public IReadOnlyList<StoredKey> Keys { get; init; } = [];

    public IReadOnlyList<AdminKey> AdminKeys { get; init; } = [];

    /// <summary>Deleted with their keys and budgets; the ledger is not touched.</summary>
    public IReadOnlyList<string> DeletedTenants { get; init; } = [];

    public IReadOnlyList<string> DeletedPlans { get; init; } = [];

    /// <summary>With their top-ups and resets, also where the definition is a plan's.</summary>
    public IReadOnlyList<(string Tenant, string Name)> DeletedBudgets { get; init; } = [];

    public IReadOnlyList<string> DeletedAdminKeys { get; init; } = [];

    public IReadOnlyList<AuditEntry> Audit { get; init; } = [];

    /// <summary>Every tenant that it changes something of.</summary>
    public IEnumerable<string> TouchedTenants => Tenants.Select(tenant => tenant.Id).Concat(Budgets.Select(budget => budget.Tenant))
        .Concat(Acts.Select(act => act.Act.Tenant))
        .Concat(Keys.Select(key => key.Key.Tenant)).Concat(DeletedTenants).Concat(DeletedBudgets.Select(budget => budget.Tenant)).Distinct(StringComparer.Ordinal);

    public IEnumerable<string> TouchedPlans => Plans.Select(plan => plan.Id).Concat(DeletedPlans).Distinct(StringComparer.Ordinal);

    public bool TouchesAdminKeys => AdminKeys.Count + DeletedAdminKeys.Count > 0;
}
