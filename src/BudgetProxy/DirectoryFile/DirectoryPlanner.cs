using System.Text.Json;
using BudgetProxy.Admin;
using BudgetProxy.Audit;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Runs;
using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>
/// Compares a file with the directory. What the file names is made as it says, field by field; what it does not name stays, unless it is to be pruned.
/// </summary>
internal sealed class DirectoryPlanner
{
    private readonly DirectorySnapshot _current;
    private readonly PlanningContext _context;
    private readonly FileErrors _errors;
    private readonly List<PlannedChange> _changes = [];
    private readonly List<AuditEntry> _audit = [];
    private readonly List<Plan> _plans = [];
    private readonly List<Tenant> _tenants = [];
    private readonly List<Budget> _budgets = [];
    private readonly List<StoredKey> _keys = [];
    private readonly List<(string Tenant, string Name)> _deletedBudgets = [];
    private readonly List<string> _deletedTenants = [];
    private readonly List<string> _deletedPlans = [];
    private readonly HashSet<string> _recounted = new(StringComparer.Ordinal);
    private DirectorySnapshot _next;

    private DirectoryPlanner(DirectorySnapshot current, PlanningContext context, FileErrors errors)
    {
        _current = _next = current;
        _context = context;
        _errors = errors;
    }

    /// <summary>The plan; not to be carried out where there are errors.</summary>
    public static DirectoryPlan Make(DirectorySnapshot current, WantedDirectory wanted, PlanningContext context, FileErrors errors)
    {
        var planner = new DirectoryPlanner(current, context, errors);
        foreach (var plan in wanted.Plans)
            planner.Plan(plan);
        foreach (var tenant in wanted.Tenants)
            planner.Plan(tenant);
        if (context.Prune)
            planner.Prune(wanted);
        planner.Check(wanted);
        return new DirectoryPlan(
            planner._changes,
            new DirectoryWrite
            {
                Plans = planner._plans,
                Tenants = planner._tenants,
                Budgets = planner._budgets,
                Keys = planner._keys,
                DeletedBudgets = [.. planner._deletedBudgets.Union(BudgetEdits.Left(current, planner._next, [.. planner._recounted]))],
                DeletedTenants = planner._deletedTenants,
                DeletedPlans = planner._deletedPlans,
                Audit = planner._audit,
            },
            planner._next,
            planner._recounted);
    }

    private void Plan(WantedPlan wanted)
    {
        var id = wanted.Plan.Id;
        var present = _current.FindPlan(id);
        if (!Note(DefinitionKind.Plan, id, present is null ? null : DefinitionJson.Of(present), DefinitionJson.Of(wanted.Plan), (AuditActions.PutPlan, "plans/" + id, null)))
            return;
        _plans.Add(wanted.Plan);
        _next = _next.With(wanted.Plan);
        _recounted.UnionWith(_next.TenantsOn(id).Select(tenant => tenant.Id));
    }

    private void Plan(WantedTenant wanted)
    {
        var id = wanted.Tenant.Id;
        var present = _current.FindTenant(id);
        var isChanged = Note(
            DefinitionKind.Tenant, id, present is null ? null : DefinitionJson.Of(present), DefinitionJson.Of(wanted.Tenant), (AuditActions.PutTenant, id, id));
        if (isChanged)
            _tenants.Add(wanted.Tenant with { Budgets = [] });
        var own = PlanBudgets(wanted, present, out var areOthers);
        if (isChanged || areOthers)
        {
            _next = _next.With(wanted.Tenant with { Budgets = own, Acts = ActsOf(present, own) });
            _recounted.Add(id);
        }

        PlanKeys(wanted, present is null ? [] : [.. _current.StoredKeysOf(id)]);
    }

    /// <returns>The tenant's own budgets as they then are: in the order they were made, new ones last.</returns>
    private List<Budget> PlanBudgets(WantedTenant wanted, Tenant? present, out bool areOthers)
    {
        var id = wanted.Tenant.Id;
        var (before, named) = (_budgets.Count, wanted.Tenant.Budgets.ToDictionary(budget => budget.Name, StringComparer.Ordinal));
        var old = (present?.OwnBudgets ?? []).ToList();
        var byName = old.ToDictionary(budget => budget.Name, StringComparer.Ordinal);
        foreach (var budget in wanted.Tenant.Budgets.OrderBy(budget => budget.Name, StringComparer.Ordinal))
        {
            var target = $"{id}/{budget.Name}";
            if (Note(
                DefinitionKind.Budget, target, byName.TryGetValue(budget.Name, out var same) ? DefinitionJson.Of(same) : null, DefinitionJson.Of(budget),
                (AuditActions.PutBudget, target, id)))
            {
                _budgets.Add(budget);
            }
        }

        // The one that counts runs is the proxy's own and in no file; with the one that keeps credit what the customer has paid would go.
        var gone = _context.Prune ? old.Where(budget => !named.ContainsKey(budget.Name) && !RunBudget.Counts(budget) && budget.Name != present?.Credit?.Name).OrderBy(budget => budget.Name, StringComparer.Ordinal).ToList() : [];
        foreach (var budget in gone)
        {
            NoteDeletion(DefinitionKind.Budget, $"{id}/{budget.Name}", DefinitionJson.Of(budget), (AuditActions.DeleteBudget, $"{id}/{budget.Name}", id));
            _deletedBudgets.Add((id, budget.Name));
        }

        areOthers = _budgets.Count > before || gone.Count > 0;
        return
        [
            .. old.Except(gone).Select(budget => named.GetValueOrDefault(budget.Name, budget)),
            .. wanted.Tenant.Budgets.Where(budget => !byName.ContainsKey(budget.Name)),
        ];
    }

    /// <summary>Top-ups and resets are no part of a file: they stay, but for those of the tenant's own budgets that go.</summary>
    private static List<BudgetAct> ActsOf(Tenant? present, List<Budget> own)
    {
        if (present is null)
            return [];
        var gone = present.OwnBudgets.Select(budget => budget.Name).Except(own.Select(budget => budget.Name)).ToHashSet(StringComparer.Ordinal);
        return [.. present.Acts.Where(act => !gone.Contains(act.Budget))];
    }

    private void PlanKeys(WantedTenant wanted, List<StoredKey> present)
    {
        var old = present.ToDictionary(key => key.Hash);
        foreach (var key in wanted.Keys.OrderBy(key => key.Key.Name, StringComparer.Ordinal).ThenBy(key => key.Path, StringComparer.Ordinal))
            PlanKey(key, old.Remove(key.Hash, out var stored) ? stored : null);
        if (!_context.Prune)
            return;
        foreach (var gone in old.Values.Where(key => !key.Key.Revoked).OrderBy(key => key.Key.Id, StringComparer.Ordinal))
        {
            var revoked = gone.Key with { Revoked = true };
            // Where several have the name, which one goes must show.
            var which = present.Count(key => !key.Key.Revoked && key.Key.Name == gone.Key.Name) > 1 ? $"{gone.Key.Name} ({gone.Key.Id})" : gone.Key.Name;
            NoteDeletion(
                DefinitionKind.Key, $"{wanted.Tenant.Id}/{which}", DefinitionJson.Of(gone.Key), (AuditActions.RevokeKey, TargetOf(gone.Key), gone.Key.Tenant),
                DefinitionJson.Of(revoked));
            Keep(gone with { Key = revoked });
        }
    }

    private void PlanKey(WantedKey wanted, StoredKey? present)
    {
        if (present is null)
        {
            if (_current.TryFind(wanted.Hash, out _, out var owner))
                _errors.Add(wanted.Place, wanted.Path, $"The tenant '{owner.Id}' has this key.");
            var key = wanted.Key with { Id = _context.NewKeyId(), CreatedAt = _context.At };
            Note(DefinitionKind.Key, $"{key.Tenant}/{key.Name}", null, DefinitionJson.Of(key), (AuditActions.IssueKey, TargetOf(key), key.Tenant));
            Keep(new StoredKey(key, wanted.Hash));
            return;
        }

        if (present.Key.Revoked)
        {
            _errors.Warn(wanted.Place, wanted.Path, "This key was revoked, for good; the file can't bring it back. Take it out, and make another.");
            return;
        }

        var next = present.Key with
        {
            Name = wanted.Key.Name,
            User = wanted.Key.User,
            Project = wanted.Key.Project,
            AllowedModels = wanted.Key.AllowedModels,
            ExpiresAt = wanted.Key.ExpiresAt,
        };
        if (Note(
            DefinitionKind.Key, $"{next.Tenant}/{next.Name}", DefinitionJson.Of(present.Key), DefinitionJson.Of(next), (AuditActions.ChangeKey, TargetOf(next), next.Tenant)))
        {
            Keep(present with { Key = next });
        }
    }

    private void Prune(WantedDirectory wanted)
    {
        var kept = wanted.Tenants.Select(tenant => tenant.Tenant.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var tenant in _current.Tenants.Where(tenant => !kept.Contains(tenant.Id)))
        {
            if (_context.Kept.TryGetValue(tenant.Id, out var why))
            {
                _errors.Warn(new FilePlace(1, 1), "", why);
                continue;
            }

            NoteDeletion(DefinitionKind.Tenant, tenant.Id, DefinitionJson.Of(tenant), (AuditActions.DeleteTenant, tenant.Id, tenant.Id));
            _deletedTenants.Add(tenant.Id);
            _recounted.Add(tenant.Id);
            _next = _next.WithoutTenant(tenant.Id);
        }

        var plans = wanted.Plans.Select(plan => plan.Plan.Id).ToHashSet(StringComparer.Ordinal);
        plans.UnionWith(_context.Kept.Keys.Select(id => _current.FindTenant(id)?.Plan).OfType<string>());
        foreach (var plan in _current.Plans.Where(plan => !plans.Contains(plan.Id)))
        {
            NoteDeletion(DefinitionKind.Plan, plan.Id, DefinitionJson.Of(plan), (AuditActions.DeletePlan, "plans/" + plan.Id, null));
            _deletedPlans.Add(plan.Id);
            _next = _next.WithoutPlan(plan.Id);
        }
    }

    /// <summary>What only shows in the directory as a whole.</summary>
    private void Check(WantedDirectory wanted)
    {
        var named = wanted.Tenants.ToDictionary(tenant => tenant.Tenant.Id, StringComparer.Ordinal);
        // A plan that stays only for those who are kept is none of the file's.
        var ofFile = _context.Prune ? wanted.Plans.Select(plan => plan.Plan.Id).ToHashSet(StringComparer.Ordinal) : null;
        foreach (var tenant in wanted.Tenants.Where(tenant => tenant.Tenant.Plan is { } plan && !(ofFile?.Contains(plan) ?? _next.FindPlan(plan) is not null)))
            _errors.Add(tenant.Place, tenant.Path + ".plan", $"There is no plan '{tenant.Tenant.Plan}'{(_context.Prune ? " in the file, and others are pruned" : "")}.");
        foreach (var id in _recounted.Order(StringComparer.Ordinal))
        {
            CheckCredit(id, named, wanted);
            if (_next.FindTenant(id) is not { Budgets.Count: > DirectoryRules.MaxBudgetsPerTenant } full)
                continue;
            var plan = wanted.Plans.FirstOrDefault(plan => plan.Plan.Id == full.Plan);
            var (place, path) = named.TryGetValue(id, out var tenant) ? (tenant.Place, tenant.Path) : (plan!.Place, plan.Path);
            _errors.Add(
                place, path + ".budgets",
                $"The tenant '{id}' would have {full.Budgets.Count} budgets, with those that it has and the file does not name and those of its plan; at most {DirectoryRules.MaxBudgetsPerTenant} are possible.");
        }

        if (_plans.Count > 0 && _next.Plans.Count() is var plans and > DirectoryRules.MaxPlans)
            _errors.Add(wanted.Plans[0].Place, "plans", $"There would be {plans} plans; at most {DirectoryRules.MaxPlans} are possible.");
    }

    private void CheckCredit(string id, Dictionary<string, WantedTenant> named, WantedDirectory wanted)
    {
        if (_next.FindTenant(id) is not { LacksCredit: true } tenant)
            return;
        var credit = tenant.Terms!.Credit!.Name;
        var plan = wanted.Plans.FirstOrDefault(plan => plan.Plan.Id == tenant.Plan);
        var (place, path) = named.TryGetValue(id, out var own) ? (own.Place, own.Path) : (plan!.Place, plan.Path);
        _errors.Add(
            place, $"{path}.budgets",
            $"The tenant '{id}' is on a prepaid plan, and its own budget '{credit}', which stands before the plan's, must be one for credit too: {PlanDocument.CreditRule}.");
    }

    private void Keep(StoredKey key)
    {
        _keys.Add(key);
        _next = _next.With(key);
    }

    /// <summary>Takes down what a definition becomes.</summary>
    /// <returns>False = it is so already.</returns>
    private bool Note(DefinitionKind kind, string target, string? from, string to, (string Action, string Target, string? Tenant) audit)
    {
        if (from == to)
            return false;
        var fields = from is null ? kind.Creation(JsonElement.Parse(to)) : kind.Changes(JsonElement.Parse(from), JsonElement.Parse(to));
        // Two texts may differ in the order of things that have none.
        if (from is not null && fields.Count == 0)
            return false;
        _changes.Add(new PlannedChange(from is null ? PlannedChange.Create : PlannedChange.Change, kind.Name, target, fields));
        _audit.Add(new AuditEntry(_context.At, _context.By, audit.Action, audit.Target, audit.Tenant, from, to));
        return true;
    }

    private void NoteDeletion(DefinitionKind kind, string target, string before, (string Action, string Target, string? Tenant) audit, string? after = null)
    {
        _changes.Add(new PlannedChange(PlannedChange.Delete, kind.Name, target, []));
        _audit.Add(new AuditEntry(_context.At, _context.By, audit.Action, audit.Target, audit.Tenant, before, after));
    }

    private static string TargetOf(VirtualKey key) => $"{key.Tenant}/{key.Id}";
}
