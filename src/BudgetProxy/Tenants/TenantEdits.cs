using BudgetProxy.Audit;

namespace BudgetProxy.Tenants;

/// <summary>Decides on changes of tenants.</summary>
internal static class TenantEdits
{
    public static Decision<Tenant> Put(DirectorySnapshot current, Tenant wanted, Edit edit, DateTimeOffset at)
    {
        var old = current.FindTenant(wanted.Id);
        if (edit.If?.Holds(old is null ? null : DefinitionTag.Of(old)) == false)
            return Decision<Tenant>.No(EditOutcome.Changed);
        if (wanted.Plan is { } plan && current.FindPlan(plan) is null)
            return Decision<Tenant>.No(EditOutcome.NoSuchPlan, plan);
        var next = current.With(wanted with { Budgets = old is null ? [] : [.. old.OwnBudgets], Acts = old?.Acts ?? [] });
        var made = next.FindTenant(wanted.Id)!;
        if (made.Budgets.Count > DirectoryRules.MaxBudgetsPerTenant)
            return Decision<Tenant>.No(EditOutcome.TooManyBudgets, wanted.Id);
        if (made.LacksCredit)
            return Decision<Tenant>.No(EditOutcome.NoCredit, wanted.Id);
        string? before = old is null ? null : DefinitionJson.Of(old), after = DefinitionJson.Of(wanted);
        if (before == after)
            return Decision<Tenant>.Stands(old!);
        return Decision<Tenant>.Yes(made, next, new DirectoryWrite
        {
            Tenants = [wanted],
            DeletedBudgets = BudgetEdits.Left(current, next, [wanted.Id]),
            Audit = [new AuditEntry(at, edit.By, AuditActions.PutTenant, wanted.Id, wanted.Id, before, after)],
        }) with { Tenants = [wanted.Id] };
    }

    public static Decision<Tenant> Delete(DirectorySnapshot current, string id, Edit edit, DateTimeOffset at)
    {
        if (current.FindTenant(id) is not { } old)
            return Decision<Tenant>.No(EditOutcome.NoSuchTenant);
        if (edit.If?.Holds(DefinitionTag.Of(old)) == false)
            return Decision<Tenant>.No(EditOutcome.Changed);
        return Decision<Tenant>.Yes(old, current.WithoutTenant(id), new DirectoryWrite
        {
            DeletedTenants = [id],
            Audit = [new AuditEntry(at, edit.By, AuditActions.DeleteTenant, id, id, DefinitionJson.Of(old), null)],
        }) with { Tenants = [id], Discards = edit.Discards };
    }
}
