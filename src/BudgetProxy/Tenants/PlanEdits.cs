using BudgetProxy.Audit;

namespace BudgetProxy.Tenants;

/// <summary>Decides on changes of plans.</summary>
internal static class PlanEdits
{
    public static Decision<Plan> Put(DirectorySnapshot current, Plan wanted, Edit edit, DateTimeOffset at)
    {
        var old = current.FindPlan(wanted.Id);
        if (edit.If?.Holds(old is null ? null : DefinitionTag.Of(old)) == false)
            return Decision<Plan>.No(EditOutcome.Changed);
        if (old is null && current.Plans.Count() >= DirectoryRules.MaxPlans)
            return Decision<Plan>.No(EditOutcome.TooManyPlans);
        string? before = old is null ? null : DefinitionJson.Of(old), after = DefinitionJson.Of(wanted);
        if (before == after)
            return Decision<Plan>.Stands(old!);
        var next = current.With(wanted);
        var tenants = next.TenantsOn(wanted.Id).ToList();
        if (tenants.Find(tenant => tenant.Budgets.Count > DirectoryRules.MaxBudgetsPerTenant) is { } full)
            return Decision<Plan>.No(EditOutcome.TooManyBudgets, full.Id);
        if (tenants.Find(tenant => tenant.LacksCredit) is { } without)
            return Decision<Plan>.No(EditOutcome.NoCredit, without.Id);
        return Decision<Plan>.Yes(wanted, next, new DirectoryWrite
        {
            Plans = [wanted],
            DeletedBudgets = BudgetEdits.Left(current, next, tenants.ConvertAll(tenant => tenant.Id)),
            Audit = [new AuditEntry(at, edit.By, AuditActions.PutPlan, TargetOf(wanted.Id), null, before, after)],
        }) with { Tenants = tenants.ConvertAll(tenant => tenant.Id) };
    }

    public static Decision<Plan> Delete(DirectorySnapshot current, string id, Edit edit, DateTimeOffset at)
    {
        if (current.FindPlan(id) is not { } old)
            return Decision<Plan>.No(EditOutcome.NotFound);
        if (edit.If?.Holds(DefinitionTag.Of(old)) == false)
            return Decision<Plan>.No(EditOutcome.Changed);
        if (current.TenantsOn(id).FirstOrDefault() is { } tenant)
            return Decision<Plan>.No(EditOutcome.PlanInUse, tenant.Id);
        return Decision<Plan>.Yes(old, current.WithoutPlan(id), new DirectoryWrite
        {
            DeletedPlans = [id],
            Audit = [new AuditEntry(at, edit.By, AuditActions.DeletePlan, TargetOf(id), null, DefinitionJson.Of(old), null)],
        });
    }

    private static string TargetOf(string plan) => $"plans/{plan}";
}
