using BudgetProxy.Audit;
using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Tenants;

/// <summary>Decides on changes of tenants' own budgets.</summary>
internal static class BudgetEdits
{
    public static Decision<Budget> Put(DirectorySnapshot current, Budget wanted, Edit edit, DateTimeOffset at)
    {
        if (current.FindTenant(wanted.Tenant) is null)
            return Decision<Budget>.No(EditOutcome.NoSuchTenant);
        var old = current.FindBudget(wanted.Tenant, wanted.Name);
        if (edit.If?.Holds(old is null ? null : DefinitionTag.Of(old)) == false)
            return Decision<Budget>.No(EditOutcome.Changed);
        var next = current.With(wanted);
        if (old is null && next.FindTenant(wanted.Tenant)!.Budgets.Count > DirectoryRules.MaxBudgetsPerTenant)
            return Decision<Budget>.No(EditOutcome.TooManyBudgets, wanted.Tenant);
        if (next.FindTenant(wanted.Tenant)!.LacksCredit)
            return Decision<Budget>.No(EditOutcome.NoCredit, wanted.Tenant);
        string? before = old is null ? null : DefinitionJson.Of(old), after = DefinitionJson.Of(wanted);
        if (old?.Plan is null && before == after)
            return Decision<Budget>.Stands(old!);
        var made = next.FindBudget(wanted.Tenant, wanted.Name)!;
        return Decision<Budget>.Yes(made, next, new DirectoryWrite
        {
            Budgets = [made],
            Audit = [new AuditEntry(at, edit.By, AuditActions.PutBudget, $"{wanted.Tenant}/{wanted.Name}", wanted.Tenant, before, after)],
        }) with { Tenants = [wanted.Tenant] };
    }

    /// <summary>Budgets in force no more to which something was done that is to be forgotten with them.</summary>
    public static List<(string Tenant, string Name)> Left(DirectorySnapshot before, DirectorySnapshot after, IReadOnlyList<string> tenants) =>
    [
        .. tenants.SelectMany(tenant => before.FindTenant(tenant)?.Acts ?? []).Select(act => (act.Tenant, act.Budget)).Distinct()
            .Where(budget => after.FindBudget(budget.Tenant, budget.Budget) is null),
    ];

    public static Decision<Budget> Delete(DirectorySnapshot current, (string Tenant, string Name) id, Edit edit, DateTimeOffset at)
    {
        if (current.FindBudget(id.Tenant, id.Name) is not { } old)
            return Decision<Budget>.No(EditOutcome.NotFound);
        if (edit.If?.Holds(DefinitionTag.Of(old)) == false)
            return Decision<Budget>.No(EditOutcome.Changed);
        if (old.Plan is { } plan)
            return Decision<Budget>.No(EditOutcome.OfPlan, plan);
        if (current.FindTenant(id.Tenant)?.Credit is { } credit && string.Equals(credit.Name, id.Name, StringComparison.Ordinal))
            return Decision<Budget>.No(EditOutcome.KeepsCredit);
        var next = current.WithoutBudget(id.Tenant, id.Name);
        var after = next.FindBudget(id.Tenant, id.Name);
        return Decision<Budget>.Yes(old, next, new DirectoryWrite
        {
            DeletedBudgets = [id],
            Audit =
            [
                new AuditEntry(
                    at, edit.By, AuditActions.DeleteBudget, $"{id.Tenant}/{id.Name}", id.Tenant, DefinitionJson.Of(old), after is null ? null : DefinitionJson.Of(after)),
            ],
        }) with { Tenants = [id.Tenant] };
    }
}
