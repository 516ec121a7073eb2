using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Storage;
using BudgetProxy.Tenants;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>How the directory's values stand in rows.</summary>
internal static class DirectoryRows
{
    public static DirectoryContent ReadAll(SqliteConnection connection)
    {
        var tenants = connection.Query(
            "SELECT id, name, plan, timezone, stripe_customer_id, markup_basis_points, allowed_models, max_call, suspended FROM tenants", ReadTenant);
        var zones = tenants.ToDictionary(tenant => tenant.Id, tenant => tenant.Zone, StringComparer.Ordinal);
        var acts = connection.Query("SELECT tenant, budget, id, per, value, topup, at FROM budget_acts", ReadAct).ToLookup(act => act.Tenant, StringComparer.Ordinal);
        var budgets = connection.Query(
            """
            SELECT tenant, name, per, match, limit_kind, limit_amount, window, timezone, mode, admission, alert_at
            FROM budgets WHERE tenant IN (SELECT id FROM tenants) ORDER BY position
            """,
            ReadBudget).Select(row => row.ToBudget(zones[row.Tenant])).ToLookup(budget => budget.Tenant, StringComparer.Ordinal);
        var keys = connection.Query(
            """
            SELECT id, tenant, name, prefix, sha256, pinned_user, pinned_project, allowed_models, expires_at, created_at, revoked,
                   replaces
            FROM virtual_keys ORDER BY id
            """,
            ReadKey);
        var adminKeys = connection.Query("SELECT id, name, role, prefix, sha256, created_at FROM admin_keys", ReadAdminKey);
        var plans = connection.Query("SELECT id, allowed_models, max_call, budgets, included_kind, included_amount, billing FROM plans ORDER BY id", ReadPlan);
        return new DirectoryContent([.. tenants.Select(tenant => tenant with { Budgets = [.. budgets[tenant.Id]], Acts = [.. acts[tenant.Id]] })], keys, adminKeys, plans);
    }

    private static BudgetAct ReadAct(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), row.TextOrNull(4), row.IsDBNull(5) ? null : row.GetInt64(5), row.Instant(6));

    private static Plan ReadPlan(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        AllowedModels = DirectoryTexts.Texts(row.GetString(1)),
        MaxCall = row.IsDBNull(2) ? null : new NanoUsd(row.GetInt64(2)),
        Budgets = DirectoryTexts.PlanBudgets(row.GetString(3)),
        Included = row.IsDBNull(4) ? null : new Included(DirectoryTexts.Value<LimitKind>(row.GetString(4)), row.GetInt64(5)),
        Billing = DirectoryTexts.Value<PlanBilling>(row.GetString(6)),
    };

    private static Tenant ReadTenant(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.TextOrNull(1),
        Plan = row.TextOrNull(2),
        TimeZone = row.TextOrNull(3),
        StripeCustomerId = row.TextOrNull(4),
        MarkupBasisPoints = row.GetInt32(5),
        AllowedModels = DirectoryTexts.Texts(row.GetString(6)),
        MaxCall = row.IsDBNull(7) ? null : new NanoUsd(row.GetInt64(7)),
        Suspended = row.GetBoolean(8),
    };

    private static StoredKey ReadKey(SqliteDataReader row) => new(
        new VirtualKey
        {
            Id = row.GetString(0),
            Tenant = row.GetString(1),
            Name = row.GetString(2),
            Prefix = row.GetString(3),
            User = row.TextOrNull(5),
            Project = row.TextOrNull(6),
            AllowedModels = DirectoryTexts.Texts(row.GetString(7)),
            ExpiresAt = row.IsDBNull(8) ? null : row.Instant(8),
            CreatedAt = row.Instant(9),
            Revoked = row.GetBoolean(10),
            Replaces = row.TextOrNull(11),
        },
        new KeyHash(row.GetFieldValue<byte[]>(4)));

    private static AdminKey ReadAdminKey(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), DirectoryTexts.Value<AdminRole>(row.GetString(2)), row.GetString(3), row.Instant(5),
        new KeyHash(row.GetFieldValue<byte[]>(4)));

    private static BudgetRow ReadBudget(SqliteDataReader row) => new()
    {
        Tenant = row.GetString(0),
        Name = row.GetString(1),
        Per = row.TextOrNull(2),
        Match = row.GetString(3),
        LimitKind = row.GetString(4),
        LimitAmount = row.GetInt64(5),
        Window = row.GetString(6),
        TimeZone = row.TextOrNull(7),
        Mode = row.GetString(8),
        Admission = row.GetString(9),
        AlertAt = [.. DirectoryTexts.Numbers(row.GetString(10))],
    };
}
