using BudgetProxy.Core.Budgets;
using BudgetProxy.Storage;
using BudgetProxy.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// Writes tenants, budgets and keys, in the order in which they are given: one statement for each, very many in one round trip, since a directory file may bring a hundred thousand at once.
/// What has the same id is replaced. Throws what Npgsql throws.
/// </summary>
internal static class DirectoryRows
{
    /// <summary>Statements of one round trip; more gain nothing and only fill memory.</summary>
    private const int MostAtOnce = 1_000;

    private const string PutTenant =
        """
        INSERT INTO tenants (id, name, plan, timezone, stripe_customer_id, markup_basis_points, allowed_models, max_call, suspended)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, plan = excluded.plan, timezone = excluded.timezone, stripe_customer_id = excluded.stripe_customer_id,
            markup_basis_points = excluded.markup_basis_points, allowed_models = excluded.allowed_models, max_call = excluded.max_call,
            suspended = excluded.suspended
        """;

    private const string PutBudget =
        """
        INSERT INTO budgets (tenant, name, per, match, limit_kind, limit_amount, "window", timezone, mode, admission, alert_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (tenant, name) DO UPDATE SET
            per = excluded.per, match = excluded.match, limit_kind = excluded.limit_kind, limit_amount = excluded.limit_amount,
            "window" = excluded."window", timezone = excluded.timezone, mode = excluded.mode, admission = excluded.admission,
            alert_at = excluded.alert_at
        """;

    private const string PutKey =
        """
        INSERT INTO virtual_keys
            (id, tenant, name, prefix, sha256, pinned_user, pinned_project, allowed_models, expires_at, created_at, revoked, replaces)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        ON CONFLICT (id) DO UPDATE SET
            name = excluded.name, pinned_user = excluded.pinned_user, pinned_project = excluded.pinned_project,
            allowed_models = excluded.allowed_models, expires_at = excluded.expires_at, revoked = excluded.revoked
        """;

    public static Task PutAsync(NpgsqlConnection connection, IReadOnlyList<Tenant> tenants, CancellationToken cancellationToken) => RunAsync(
        connection, tenants, PutTenant,
        tenant =>
        {
            var row = TenantRow.Of(tenant);
            return
            [
                Text(row.Id), Text(row.Name), Text(row.Plan), Text(row.TimeZone), Text(row.StripeCustomerId), Of(row.MarkupBasisPoints, NpgsqlDbType.Integer),
                Texts(row.AllowedModels), Of(row.MaxCall, NpgsqlDbType.Bigint), Of(row.Suspended, NpgsqlDbType.Boolean),
            ];
        },
        cancellationToken);

    public static Task PutAsync(NpgsqlConnection connection, IReadOnlyList<Budget> budgets, CancellationToken cancellationToken) => RunAsync(
        connection, budgets, PutBudget,
        budget =>
        {
            var row = BudgetRow.Of(budget);
            return
            [
                Text(row.Tenant), Text(row.Name), Text(row.Per), Of(row.Match, NpgsqlDbType.Jsonb), Text(row.LimitKind), Of(row.LimitAmount, NpgsqlDbType.Bigint),
                Text(row.Window), Text(row.TimeZone), Text(row.Mode), Text(row.Admission), Of(row.AlertAt, NpgsqlDbType.Array | NpgsqlDbType.Integer),
            ];
        },
        cancellationToken);

    public static Task PutAsync(NpgsqlConnection connection, IReadOnlyList<StoredKey> keys, CancellationToken cancellationToken) => RunAsync(
        connection, keys, PutKey,
        key =>
        {
            var row = KeyRow.Of(key);
            return
            [
                Text(row.Id), Text(row.Tenant), Text(row.Name), Text(row.Prefix), Of(row.Sha256, NpgsqlDbType.Bytea), Text(row.PinnedUser), Text(row.PinnedProject),
                Texts(row.AllowedModels), Of(row.ExpiresAt, NpgsqlDbType.TimestampTz), Of(row.CreatedAt, NpgsqlDbType.TimestampTz), Of(row.Revoked, NpgsqlDbType.Boolean),
                Text(row.Replaces),
            ];
        },
        cancellationToken);

    private static async Task RunAsync<T>(
        NpgsqlConnection connection, IReadOnlyList<T> all, string statement, Func<T, NpgsqlParameter[]> parameters, CancellationToken cancellationToken)
    {
        foreach (var some in all.Chunk(MostAtOnce))
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var one in some)
            {
                var command = new NpgsqlBatchCommand(statement);
                foreach (var parameter in parameters(one))
                    command.Parameters.Add(parameter);
                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static NpgsqlParameter Text(string? text) => Of(text, NpgsqlDbType.Text);

    private static NpgsqlParameter Texts(string[] texts) => Of(texts, NpgsqlDbType.Array | NpgsqlDbType.Text);

    private static NpgsqlParameter Of(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
