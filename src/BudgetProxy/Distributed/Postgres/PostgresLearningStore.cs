using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Requests;
using BudgetProxy.Learning;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// What all proxies learned. Each adds its own part under one lock, held to the end of its transaction: no part is lost, and versions are seen in their order.
/// </summary>
public sealed class PostgresLearningStore(PostgresDatabase database) : ILearningStore
{
    public async ValueTask AddAsync(IReadOnlyList<(LearnedKey Key, LearnedPart Part)> parts, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                await using (var command = connection.Statement("SELECT pg_advisory_xact_lock($1)", AdvisoryLocks.Learning))
                    await command.ExecuteNonQueryAsync(cancellationToken);
                var tenants = await TenantsAsync(connection, parts, cancellationToken);
                var living = parts.Where(part => part.Key.IsPooled || tenants.Contains(part.Key.Tenant)).ToList();
                var stored = (await RowsAsync(
                    connection,
                    """
                    SELECT provider, model, tenant, part, version FROM learned
                    JOIN unnest($1::text[], $2::text[], $3::text[]) AS wanted (provider, model, tenant) USING (provider, model, tenant)
                    """,
                    cancellationToken, Keys(living))).ToDictionary(row => row.Key, row => row.Part);
                await using (var command = connection.Statement(
                    """
                    WITH given AS (UPDATE learned_versions SET last = last + cardinality($1::text[]) RETURNING last - cardinality($1::text[]) AS start)
                    INSERT INTO learned (provider, model, tenant, version, part)
                    SELECT provider, model, tenant, start + number, part
                    FROM given, unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) WITH ORDINALITY AS added (provider, model, tenant, part, number)
                    ON CONFLICT (tenant, provider, model) DO UPDATE SET version = excluded.version, part = excluded.part
                    """,
                    [.. Keys(living), living.Select(part => Sum(stored.GetValueOrDefault(part.Key), part.Part).ToBytes()).ToArray()]))
                    await command.ExecuteNonQueryAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return true;
            },
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<LearnedRow>> ReadAsync(long version, int most, CancellationToken cancellationToken) => await database.ReadAsync(
        connection => RowsAsync(
            connection, "SELECT provider, model, tenant, part, version FROM learned WHERE version > $1 ORDER BY version DESC LIMIT $2", cancellationToken, version, most),
        cancellationToken);

    // Locked, so that a tenant can't be deleted between this look and the rows that follow: its rows go after it.
    private static async Task<HashSet<string>> TenantsAsync(
        NpgsqlConnection connection, IReadOnlyList<(LearnedKey Key, LearnedPart Part)> parts, CancellationToken cancellationToken)
    {
        await using var command = connection.Statement(
            "SELECT id FROM tenants WHERE id = ANY ($1) ORDER BY id FOR KEY SHARE", [parts.Select(part => part.Key.Tenant).Distinct().ToArray()]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var tenants = new HashSet<string>();
        while (await rows.ReadAsync(cancellationToken))
            tenants.Add(rows.GetString(0));
        return tenants;
    }

    private static async Task<List<LearnedRow>> RowsAsync(
        NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Statement(sql, values);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<LearnedRow>();
        while (await rows.ReadAsync(cancellationToken))
        {
            if (ProviderNames.TryParse(rows.GetString(0), out var provider) && LearnedPart.Read(rows.GetFieldValue<byte[]>(3)) is { } part)
                found.Add(new LearnedRow(new LearnedKey(provider, rows.GetString(1), rows.GetString(2)), part, rows.GetInt64(4)));
        }

        return found;
    }

    private static LearnedPart Sum(LearnedPart? stored, LearnedPart later)
    {
        if (stored is null)
            return later;
        stored.Append(later);
        return stored;
    }

    private static object[] Keys(List<(LearnedKey Key, LearnedPart Part)> parts) =>
    [
        parts.Select(part => part.Key.Provider.Name()).ToArray(),
        parts.Select(part => part.Key.Model).ToArray(),
        parts.Select(part => part.Key.Tenant).ToArray(),
    ];
}
