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

    public ValueTask SaveTenantAsync(Tenant tenant, CancellationToken cancellationToken) => Write(
        connection =>
        {
            connection.Run(
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
            foreach (var budget in tenant.Budgets)
                SaveBudget(connection, budget);
        },
        cancellationToken);

    public ValueTask DeleteTenantAsync(string tenant, CancellationToken cancellationToken) => Write(
        connection => connection.Run(
            """
            DELETE FROM budget_acts WHERE tenant = $id; DELETE FROM budgets WHERE tenant = $id; DELETE FROM virtual_keys WHERE tenant = $id; DELETE FROM learned WHERE tenant = $id;
            DELETE FROM tenants WHERE id = $id
            """,
            ("$id", tenant)),
        cancellationToken);

    public ValueTask SaveKeyAsync(StoredKey key, CancellationToken cancellationToken) => Write(
        connection => connection.Run(
            """
            INSERT INTO virtual_keys
                (id, tenant, name, prefix, sha256, pinned_user, pinned_project, allowed_models, expires_at, created_at, revoked)
            VALUES ($id, $tenant, $name, $prefix, $sha256, $user, $project, $models, $expires, $created, $revoked)
            ON CONFLICT (id) DO UPDATE SET
                name = excluded.name, pinned_user = excluded.pinned_user, pinned_project = excluded.pinned_project,
                allowed_models = excluded.allowed_models, expires_at = excluded.expires_at, revoked = excluded.revoked
            """,
            ("$id", key.Key.Id), ("$tenant", key.Key.Tenant), ("$name", key.Key.Name), ("$prefix", key.Key.Prefix),
            ("$sha256", key.Hash.ToArray()), ("$user", key.Key.User), ("$project", key.Key.Project),
            ("$models", DirectoryTexts.Json(key.Key.AllowedModels)), ("$expires", key.Key.ExpiresAt?.ToUnixTimeMilliseconds()),
            ("$created", key.Key.CreatedAt.ToUnixTimeMilliseconds()), ("$revoked", key.Key.Revoked)),
        cancellationToken);

    public ValueTask SaveBudgetAsync(Budget budget, CancellationToken cancellationToken) =>
        Write(connection => SaveBudget(connection, budget), cancellationToken);

    public ValueTask DeleteBudgetAsync(string tenant, string name, CancellationToken cancellationToken) => Write(
        connection => connection.Run(
            "DELETE FROM budget_acts WHERE tenant = $tenant AND budget = $name; DELETE FROM budgets WHERE tenant = $tenant AND name = $name",
            ("$tenant", tenant), ("$name", name)),
        cancellationToken);

    public async ValueTask<BudgetAct?> AddActAsync(BudgetAct act, DateTimeOffset before, CancellationToken cancellationToken)
    {
        BudgetAct? found = null;
        await Write(
            connection =>
            {
                found = DirectoryRows.ReadAct(connection, act.Tenant, act.Budget, act.Id);
                if (found is not null)
                    return;
                connection.Run(
                    """
                    DELETE FROM budget_acts WHERE tenant = $tenant AND budget = $budget AND at < $before;
                    INSERT INTO budget_acts (tenant, budget, id, per, value, topup, at) VALUES ($tenant, $budget, $id, $per, $value, $topup, $at)
                    """,
                    ("$tenant", act.Tenant), ("$budget", act.Budget), ("$before", before.ToUnixTimeMilliseconds()), ("$id", act.Id), ("$per", act.Per),
                    ("$value", act.Value), ("$topup", act.TopUp), ("$at", act.At.ToUnixTimeMilliseconds()));
            },
            cancellationToken);
        return found;
    }

    public ValueTask SaveAdminKeyAsync(AdminKey key, CancellationToken cancellationToken) =>
        Write(connection => SaveAdminKey(connection, key), cancellationToken);

    public async ValueTask<bool> SaveFirstAdminKeyAsync(AdminKey key, CancellationToken cancellationToken)
    {
        var saved = false;
        await Write(
            connection =>
            {
                if (connection.Query("SELECT 1 FROM admin_keys WHERE role = 'admin'", row => row.GetInt32(0)).Count > 0)
                    return;
                SaveAdminKey(connection, key);
                saved = true;
            },
            cancellationToken);
        return saved;
    }

    public ValueTask DeleteAdminKeyAsync(string id, CancellationToken cancellationToken) =>
        Write(connection => connection.Run("DELETE FROM admin_keys WHERE id = $id", ("$id", id)), cancellationToken);

    /// <summary>The data directory is held by this process alone: nothing changes behind its back.</summary>
    public ValueTask<DirectoryChanges?> ChangesSinceAsync(long version, CancellationToken cancellationToken) => ValueTask.FromResult<DirectoryChanges?>(null);

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

    private ValueTask Write(Action<SqliteConnection> change, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            using var transaction = connection.BeginTransaction();
            change(connection);
            transaction.Commit();
            return ValueTask.CompletedTask;
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("The directory could not be written.", e);
        }
    }
}
