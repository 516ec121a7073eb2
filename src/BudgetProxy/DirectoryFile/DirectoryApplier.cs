using System.Collections.Immutable;
using System.Security.Cryptography;
using BudgetProxy.Audit;
using BudgetProxy.Tenants;

namespace BudgetProxy.DirectoryFile;

/// <summary>
/// Plans what a file changes, and carries it out: in one transaction of the store with its audit entries, decided anew where the directory was changed meanwhile. So a file is applied whole or
/// not at all, whenever the process ends. What is done before that is the counting of new budgets from the ledger, which is done again where it was for nothing.
/// </summary>
public sealed class DirectoryApplier(TenantDirectory directory)
{
    private const int MostTries = 3;

    /// <summary>What the file would change now. Nothing is changed.</summary>
    /// <exception cref="BudgetProxy.Reservations.StoreUnavailableException">What others changed can't be read.</exception>
    internal async Task<DirectoryOutcome> PlanAsync(DirectoryRequest request, CancellationToken cancellationToken)
    {
        var errors = new FileErrors();
        var wanted = DirectoryFileReader.Read(request.File, request.Sources, errors);
        if (errors.Any)
            return new DirectoryOutcome([], errors.Errors, errors.Warnings, Applied: false);
        await directory.RefreshAsync(cancellationToken);
        await CheckAsync(wanted, errors, cancellationToken);
        var current = directory.Current;
        var plan = DirectoryPlanner.Make(current, wanted, new PlanningContext(request.Prune, await KeptAsync(request, wanted, cancellationToken), AuditActor.Proxy, default, () => ""), errors);
        // Of those that would be deleted, one that has a balance only since then is kept by the next plan.
        if (!errors.Any && await directory.LostCreditAsync(current, plan.Next, plan.Tenants, null, cancellationToken) is { } lost && plan.Next.FindTenant(lost.Tenant) is not null)
            Add(errors, lost, plan.Next, wanted);
        return new DirectoryOutcome(plan.Changes, errors.Errors, errors.Warnings, Applied: false);
    }

    /// <summary>Makes the directory what the file says; other proxies see it within a second.</summary>
    /// <exception cref="BudgetProxy.Reservations.StoreUnavailableException">Nothing was changed, or all of it and the answer was lost: it may be applied again.</exception>
    internal async Task<DirectoryOutcome> ApplyAsync(DirectoryRequest request, AuditActor by, CancellationToken cancellationToken)
    {
        var errors = new FileErrors();
        var wanted = DirectoryFileReader.Read(request.File, request.Sources, errors);
        if (errors.Any)
            return new DirectoryOutcome([], errors.Errors, errors.Warnings, Applied: false);
        for (var tries = 1; ; tries++)
        {
            var edited = await ChangeAsync(request, wanted, errors, by, cancellationToken);
            if (edited.Value is { } applied)
                return applied;
            // Somebody's balance would be lost, or a deleted tenant's usage go to another's customer: the plan says whose, and where the file takes it.
            var refused = await PlanAsync(request, cancellationToken);
            if (refused.Errors.Count > 0)
                return refused;
            // What stood in the way has gone meanwhile, or is a balance that came meanwhile.
            if (tries < MostTries)
                continue;
            errors.Add(new FilePlace(1, 1), "", edited.Detail!);
            return new DirectoryOutcome([], errors.Errors, errors.Warnings, Applied: false);
        }
    }

    private async Task<Edited<DirectoryOutcome>> ChangeAsync(
        DirectoryRequest request, WantedDirectory wanted, FileErrors errors, AuditActor by, CancellationToken cancellationToken)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(request.File.Span));
        await directory.RefreshAsync(cancellationToken);
        var kept = await KeptAsync(request, wanted, cancellationToken);
        return await directory.ChangeAsync(
            current =>
            {
                var found = errors.Copy();
                var context = new PlanningContext(request.Prune, kept, by, directory.Now(), directory.NewKeyId);
                var plan = DirectoryPlanner.Make(current, wanted, context, found);
                var outcome = new DirectoryOutcome(plan.Changes, found.Errors, found.Warnings, Applied: !found.Any);
                if (found.Any || plan.Changes.Count == 0)
                    return Decision<DirectoryOutcome>.Stands(outcome);
                var write = plan.Write with { Audit = [.. plan.Write.Audit, Summary(context, plan.Changes, hash)] };
                return Decision<DirectoryOutcome>.Yes(outcome, plan.Next, write) with { Tenants = plan.Tenants };
            },
            cancellationToken);
    }

    /// <summary>Tenants that the file lacks and that stay: what they have paid in would go with them.</summary>
    private async Task<IReadOnlyDictionary<string, string>> KeptAsync(DirectoryRequest request, WantedDirectory wanted, CancellationToken cancellationToken)
    {
        if (!request.Prune)
            return ImmutableDictionary<string, string>.Empty;
        var named = wanted.Tenants.Select(tenant => tenant.Tenant.Id).ToHashSet(StringComparer.Ordinal);
        return await directory.WithBalanceAsync(directory.Current.Tenants.Where(tenant => !named.Contains(tenant.Id)), cancellationToken);
    }

    /// <summary>Tenants that can't be made now, each at its place.</summary>
    private async Task CheckAsync(WantedDirectory wanted, FileErrors errors, CancellationToken cancellationToken)
    {
        var why = await directory.WhyNotAsync(wanted.Tenants.Select(tenant => tenant.Tenant), cancellationToken);
        foreach (var tenant in wanted.Tenants.Where(tenant => why.ContainsKey(tenant.Tenant.Id)))
            errors.Add(tenant.Place, tenant.Path, why[tenant.Tenant.Id]);
    }

    private static void Add(FileErrors errors, (string Tenant, string Text) lost, DirectorySnapshot next, WantedDirectory wanted)
    {
        var own = wanted.Tenants.FirstOrDefault(tenant => tenant.Tenant.Id == lost.Tenant);
        var plan = wanted.Plans.FirstOrDefault(plan => plan.Plan.Id == next.FindTenant(lost.Tenant)?.Plan);
        var (place, path) = own is not null ? (own.Place, own.Path + ".plan") : plan is not null ? (plan.Place, plan.Path + ".billing") : (new FilePlace(1, 1), "");
        errors.Add(place, path, lost.Text);
    }

    private static AuditEntry Summary(PlanningContext context, IReadOnlyList<PlannedChange> changes, string hash)
    {
        var counts = changes.CountBy(change => change.Action, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);
        var after = $$"""
            {"sha256":"{{hash}}","prune":{{(context.Prune ? "true" : "false")}},"created":{{CountOf(PlannedChange.Create)}},"changed":{{CountOf(PlannedChange.Change)}},"deleted":{{CountOf(PlannedChange.Delete)}}}
            """;
        return new AuditEntry(context.At, context.By, AuditActions.ApplyDirectory, "directory", null, null, after);

        int CountOf(string action) => counts.GetValueOrDefault(action);
    }
}
