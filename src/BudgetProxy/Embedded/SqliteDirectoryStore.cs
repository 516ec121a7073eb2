using BudgetProxy.Core.Budgets;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using BudgetProxy.Tenants;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>The directory in the embedded database. Changes are rare, so each takes a connection of its own and commits by itself.</summary>
public sealed class SqliteDirectoryStore(EmbeddedDatabase database) : IDirectoryStore
{
    public ValueTask<DirectoryContent> LoadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            // One transaction, so that the three lists are of the same instant.
            using var transaction = connection.BeginTransaction(deferred: true);
            return ValueTask.FromResult(DirectoryRows.ReadAll(connection));
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("The directory could not be read.", e);
        }
    }

    /// <summary>The file is this process's alone: only <see cref="TenantDirectory"/> writes, and it looks itself whether anything came in between.</summary>
    public ValueTask<long?> WriteAsync(DirectoryWrite write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            using var transaction = connection.BeginTransaction();
            foreach (var plan in write.Plans)
                SavePlan(connection, plan);
            foreach (var tenant in write.Tenants)
                SaveTenant(connection, tenant);
            foreach (var budget in write.Budgets)
                SaveBudget(connection, budget);
            foreach (var (act, before) in write.Acts)
                AddAct(connection, act, before);
            foreach (var key in write.Keys)
                SaveKey(connection, key);
            foreach (var key in write.AdminKeys)
                SaveAdminKey(connection, key);
            Delete(connection, write);
            SqliteAuditStore.Insert(connection, write.Audit);
            transaction.Commit();
            return ValueTask.FromResult<long?>(0);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("The directory could not be written.", e);
        }
    }

    /// <summary>The data directory is held by this process alone: nothing changes behind its back.</summary>
    public ValueTask<DirectoryChanges?> ChangesSinceAsync(long version, CancellationToken cancellationToken) => ValueTask.FromResult<DirectoryChanges?>(null);

    private static void SavePlan(SqliteConnection connection, Plan plan) => connection.Run(
        """
        INSERT INTO plans (id, allowed_models, max_call, budgets, included_kind, included_amount, billing)
        VALUES ($id, $models, $maxCall, $budgets, $includedKind, $includedAmount, $billing)
        ON CONFLICT (id) DO UPDATE SET
            allowed_models = excluded.allowed_models, max_call = excluded.max_call, budgets = excluded.budgets, included_kind = excluded.included_kind,
            included_amount = excluded.included_amount, billing = excluded.billing
        """,
        ("$id", plan.Id), ("$models", DirectoryTexts.Json(plan.AllowedModels)), ("$maxCall", plan.MaxCall?.Value), ("$budgets", DirectoryTexts.Json(plan.Budgets)),
        ("$includedKind", plan.Included is { } included ? DirectoryTexts.Name(included.Kind) : null), ("$includedAmount", plan.Included?.Amount),
        ("$billing", DirectoryTexts.Name(plan.Billing)));

    private static void SaveTenant(SqliteConnection connection, Tenant tenant) => connection.Run(
        """
        INSERT INTO tenants (id, name, plan, timezone, stripe_customer_id, markup_basis_points, allowed_models, max_call, suspended)
        VALUES ($id, $name, $plan, $timezone, $stripe, $markup, $models, $maxCall, $suspended)
        ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, plan = excluded.plan, timezone = excluded.timezone, stripe_customer_id = excluded.stripe_customer_id,
            markup_basis_points = excluded.markup_basis_points, allowed_models = excluded.allowed_models, max_call = excluded.max_call,
            suspended = excluded.suspended
        """,
        ("$id", tenant.Id), ("$name", tenant.Name), ("$plan", tenant.Plan), ("$timezone", tenant.TimeZone),
        ("$stripe", tenant.StripeCustomerId), ("$markup", tenant.MarkupBasisPoints), ("$models", DirectoryTexts.Json(tenant.AllowedModels)),
        ("$maxCall", tenant.MaxCall?.Value), ("$suspended", tenant.Suspended));

    private static void SaveKey(SqliteConnection connection, StoredKey key) => connection.Run(
        """
        INSERT INTO virtual_keys
            (id, tenant, name, prefix, sha256, pinned_user, pinned_project, allowed_models, expires_at, created_at, revoked, replaces)
        VALUES ($id, $tenant, $name, $prefix, $sha256, $user, $project, $models, $expires, $created, $revoked, $replaces)
        ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, pinned_user = excluded.pinned_user, pinned_project = excluded.pinned_project,
            allowed_models = excluded.allowed_models, expires_at = excluded.expires_at, revoked = excluded.revoked
        """,
        ("$id", key.Key.Id), ("$tenant", key.Key.Tenant), ("$name", key.Key.Name), ("$prefix", key.Key.Prefix),
        ("$sha256", key.Hash.ToArray()), ("$user", key.Key.User), ("$project", key.Key.Project),
        ("$models", DirectoryTexts.Json(key.Key.AllowedModels)), ("$expires", key.Key.ExpiresAt?.ToUnixTimeMilliseconds()),
        ("$created", key.Key.CreatedAt.ToUnixTimeMilliseconds()), ("$revoked", key.Key.Revoked), ("$replaces", key.Key.Replaces));

    private static void AddAct(SqliteConnection connection, BudgetAct act, DateTimeOffset before) => connection.Run(
        """
        DELETE FROM budget_acts WHERE tenant = $tenant AND budget = $budget AND at < $before;
        INSERT INTO budget_acts (tenant, budget, id, per, value, topup, at) VALUES ($tenant, $budget, $id, $per, $value, $topup, $at)
        """,
        ("$tenant", act.Tenant), ("$budget", act.Budget), ("$before", before.ToUnixTimeMilliseconds()), ("$id", act.Id), ("$per", act.Per),
        ("$value", act.Value), ("$topup", act.TopUp), ("$at", act.At.ToUnixTimeMilliseconds()));

    private static void Delete(SqliteConnection connection, DirectoryWrite write)
    {
        foreach (var (tenant, name) in write.DeletedBudgets)
        {
            connection.Run(
                "DELETE FROM budget_acts WHERE tenant = $tenant AND budget = $name; DELETE FROM budgets WHERE tenant = $tenant AND name = $name",
                ("$tenant", tenant), ("$name", name));
        }

        foreach (var tenant in write.DeletedTenants)
        {
            // First, whom what is still to be billed goes to. A cut that was planned before is void, since it may know another customer.
            connection.Run(
                """
                INSERT INTO billing_tenants (tenant, cuts, customer) SELECT id, 1, stripe_customer_id FROM tenants WHERE id = $id AND stripe_customer_id <> ''
                ON CONFLICT (tenant) DO UPDATE SET cuts = cuts + 1, customer = excluded.customer;
                DELETE FROM budget_acts WHERE tenant = $id; DELETE FROM budgets WHERE tenant = $id; DELETE FROM virtual_keys WHERE tenant = $id; DELETE FROM learned WHERE tenant = $id;
                DELETE FROM runs WHERE tenant = $id; UPDATE direct_reservations SET repeat_key = NULL WHERE tenant = $id AND repeat_key IS NOT NULL;
                DELETE FROM tenants WHERE id = $id
                """,
                ("$id", tenant));
        }

        foreach (var plan in write.DeletedPlans)
            connection.Run("DELETE FROM plans WHERE id = $id", ("$id", plan));
        foreach (var id in write.DeletedAdminKeys)
            connection.Run("DELETE FROM admin_keys WHERE id = $id", ("$id", id));
    }

    private static void SaveAdminKey(SqliteConnection connection, AdminKey key) => connection.Run(
        """
        INSERT INTO admin_keys (id, name, role, prefix, sha256, created_at) VALUES ($id, $name, $role, $prefix, $sha256, $created)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role
        """,
        ("$id", key.Id), ("$name", key.Name), ("$role", DirectoryTexts.Name(key.Role)), ("$prefix", key.Prefix),
        ("$sha256", key.Hash.ToArray()), ("$created", key.CreatedAt.ToUnixTimeMilliseconds()));

    private static void SaveBudget(SqliteConnection connection, Budget budget)
    {
        var row = BudgetRow.Of(budget);
        connection.Run(
            """
            INSERT INTO budgets (tenant, name, per, match, limit_kind, limit_amount, window, timezone, mode, admission, alert_at)
            VALUES ($tenant, $name, $per, $match, $kind, $limit, $window, $timezone, $mode, $admission, $alertAt)
            ON CONFLICT (tenant, name) DO UPDATE SET
                per = excluded.per, match = excluded.match, limit_kind = excluded.limit_kind, limit_amount = excluded.limit_amount,
                window = excluded.window, timezone = excluded.timezone, mode = excluded.mode, admission = excluded.admission,
                alert_at = excluded.alert_at
            """,
            ("$tenant", row.Tenant), ("$name", row.Name), ("$per", row.Per), ("$match", row.Match), ("$kind", row.LimitKind),
            ("$limit", row.LimitAmount), ("$window", row.Window), ("$timezone", row.TimeZone), ("$mode", row.Mode),
            ("$admission", row.Admission), ("$alertAt", DirectoryTexts.Json(row.AlertAt)));
    }
}
