using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tenants;

/// <summary>What a change of the directory means for the counters of budgets.</summary>
/// <param name="Seeds">Budgets in force that are new, or count other calls than before.</param>
/// <param name="Forgets">Those that are gone; a null name = all of a deleted tenant's.</param>
internal sealed record CounterChanges(IReadOnlyList<Budget> Seeds, IReadOnlyList<(string Tenant, string? Name)> Forgets)
{
    public static CounterChanges Between(DirectorySnapshot before, DirectorySnapshot after, IReadOnlyCollection<string> tenants)
    {
        var seeds = new List<Budget>();
        var forgets = new List<(string, string?)>();
        foreach (var id in tenants)
        {
            var old = before.FindTenant(id);
            if (after.FindTenant(id) is not { } present)
            {
                if (old is not null)
                    forgets.Add((id, null));
                continue;
            }

            var gone = (old?.Budgets ?? []).ToDictionary(budget => budget.Name, StringComparer.Ordinal);
            foreach (var budget in present.Budgets)
            {
                if (!gone.Remove(budget.Name, out var same) || (!ReferenceEquals(same, budget) && same.Shape != budget.Shape))
                    seeds.Add(budget);
            }

            forgets.AddRange(gone.Keys.Select(name => (id, (string?)name)));
        }

        return new CounterChanges(seeds, forgets);
    }
}
