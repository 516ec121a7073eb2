using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Embedded;

/// <summary>
/// Each budget as it was last defined or deleted since the start. A call carries the definitions of the snapshot that it was matched on, which may be
/// older; no older snapshot outlives the process, so what was defined before the start need not be known here.
/// </summary>
internal sealed class DefinedBudgets
{
    private readonly Dictionary<string, Dictionary<string, Budget?>> _tenants = new(StringComparer.Ordinal);

    public void Define(Budget budget) => Of(budget.Tenant)[budget.Name] = budget;

    public void Forget(string tenant, string name) => Of(tenant)[name] = null;

    /// <summary>A tenant's budgets by name, null where deleted; null where none changed since the start.</summary>
    public Dictionary<string, Budget?>? Find(string tenant) => _tenants.GetValueOrDefault(tenant);

    /// <summary>True where calls of the present snapshot no longer name this definition: its counters miss them.</summary>
    public bool IsOutdated(Budget budget) =>
        Find(budget.Tenant) is { } budgets && budgets.TryGetValue(budget.Name, out var defined) && defined?.Shape != budget.Shape;

    private Dictionary<string, Budget?> Of(string tenant)
    {
        if (!_tenants.TryGetValue(tenant, out var budgets))
            _tenants.Add(tenant, budgets = new Dictionary<string, Budget?>(StringComparer.Ordinal));
        return budgets;
    }
}
