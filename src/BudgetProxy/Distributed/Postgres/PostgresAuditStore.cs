using BudgetProxy.Audit;
using Npgsql;
using NpgsqlTypes;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>The audit trail in the shared database.</summary>
public sealed class PostgresAuditStore(PostgresDatabase database) : IAuditStore
{
    private const int MostAtOnce = 2_000;

    public async ValueTask AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken) => await database.WriteAsync(
        async connection =>
        {
            await InsertAsync(connection, entries, cancellationToken);
            return true;
        },
        cancellationToken);

    public async ValueTask<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, int most, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        if (filter.Tenant is { } tenant)
            query.And($"tenant = {query.Parameter(LedgerTexts.Clean(tenant))}");
        if (filter.Action is { } action)
            query.And($"action = {query.Parameter(LedgerTexts.Clean(action))}");
        if (filter.By is { } by)
        {
            var wanted = query.Parameter(LedgerTexts.Clean(by));
            query.And($"(by_id = {wanted} OR by_name = {wanted})");
        }

        if (filter.From is { } from)
            query.And($"at >= {query.Parameter(Instants.Whole(from))}");
        if (filter.To is { } to)
            query.And($"at < {query.Parameter(Instants.Whole(to))}");
        if (filter.Below is { } below)
            query.And($"id < {query.Parameter(below)}");
        var sql = $"SELECT id, at, by_id, by_name, action, target, tenant, before, after FROM audit WHERE {query.Conditions} ORDER BY id DESC LIMIT {query.Parameter(most)}";
        return await database.ReadAsync(connection => query.ReadAsync(connection, sql, Read, cancellationToken), cancellationToken);
    }

    /// <summary>Writes entries on a connection that may be in a transaction, which they then belong to. Throws what Npgsql throws.</summary>
    internal static async Task InsertAsync(NpgsqlConnection connection, IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        // A directory file may bring a hundred thousand at once, and each statement has to keep its time.
        foreach (var some in entries.Chunk(MostAtOnce))
            await InsertSomeAsync(connection, some, cancellationToken);
    }

    private static async Task InsertSomeAsync(NpgsqlConnection connection, AuditEntry[] entries, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO audit (at, by_id, by_name, action, target, tenant, before, after)
            SELECT at, by_id, by_name, action, target, tenant, before, after
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) WITH ORDINALITY
                AS added (at, by_id, by_name, action, target, tenant, before, after, place)
            ORDER BY place
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<DateTimeOffset[]> { TypedValue = [.. entries.Select(entry => Instants.Whole(entry.At))] });
        foreach (var texts in (Func<AuditEntry, string?>[])
            [
                entry => entry.By.Id, entry => entry.By.Name, entry => entry.Action, entry => entry.Target, entry => entry.Tenant, entry => entry.Before,
                entry => entry.After,
            ])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = entries.Select(texts).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static AuditEntry Read(NpgsqlDataReader row) => new(
        row.GetFieldValue<DateTimeOffset>(1), new AuditActor(row.GetString(2), row.GetString(3)), row.GetString(4), row.GetString(5), Text(row, 6), Text(row, 7),
        Text(row, 8))
    {
        Id = row.GetInt64(0),
    };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
