using BudgetProxy.Core.Requests;
using BudgetProxy.Rates;
using BudgetProxy.Storage;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// The rate table in the shared database. Additions come one after the other, over all proxies: each takes an advisory lock and wakes those who listen for
/// changes of the directory.
/// </summary>
public sealed class PostgresRateStore(PostgresDatabase database) : IRateStore
{
    private const string Newest = "SELECT coalesce(max(sequence), 0) FROM rates";

    public async ValueTask<IReadOnlyList<RateRow>?> ReadAsync(long version, CancellationToken cancellationToken) => await database.ReadAsync<IReadOnlyList<RateRow>?>(
        async connection =>
        {
            if (await NewestAsync(connection, cancellationToken) == version)
                return null;
            return await new LedgerQuery().ReadAsync(
                connection,
                "SELECT definition, sequence, added_by, added_at FROM rates WHERE sequence IS NOT NULL ORDER BY sequence",
                row => new RateRow(RateDefinition.Read(row.GetString(0)), row.GetInt64(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3)),
                cancellationToken);
        },
        cancellationToken);

    public async ValueTask<RateStoring> AddAsync(IReadOnlyList<RateRow> rows, long version, CancellationToken cancellationToken) => await database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await RunAsync(connection, $"SELECT pg_advisory_xact_lock({AdvisoryLocks.Rates})", cancellationToken);
            if (await NewestAsync(connection, cancellationToken) != version)
                return RateStoring.Stale;
            if (await InsertAsync(connection, rows, cancellationToken) < rows.Count)
                return RateStoring.IdTaken;
            await RunAsync(connection, $"SELECT pg_notify('{PostgresDirectoryStore.Channel}', '')", cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return RateStoring.Stored;
        },
        cancellationToken);

    /// <summary>On a connection of its own: the lock goes with it, should this proxy die.</summary>
    public async ValueTask<IAsyncDisposable?> TryHoldAsync(CancellationToken cancellationToken) => await PostgresFaults.MapAsync<IAsyncDisposable?>(
        async () =>
        {
            var connection = await database.ConnectAsync(cancellationToken);
            await using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({AdvisoryLocks.Rerating})", connection);
            if ((bool)(await command.ExecuteScalarAsync(cancellationToken))!)
                return connection;
            await connection.DisposeAsync();
            return null;
        },
        cancellationToken);

    private static async Task<long> NewestAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Newest, connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<int> InsertAsync(NpgsqlConnection connection, IReadOnlyList<RateRow> rows, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            """
            INSERT INTO rates (id, provider, model, effective_from, definition, tenant, sequence, added_by, added_at)
            SELECT id, provider, model, effective_from, definition::jsonb, tenant, sequence, added_by, added_at
            FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
                AS added (id, provider, model, effective_from, definition, tenant, sequence, added_by, added_at)
            ON CONFLICT (id) DO NOTHING
            """,
            connection);
        command.Parameters.Add(Array(rows, row => row.Rate.Id));
        command.Parameters.Add(Array(rows, row => row.Rate.Provider.Name()));
        command.Parameters.Add(Array(rows, row => row.Rate.Model));
        command.Parameters.Add(Array(rows, row => row.Rate.EffectiveFrom.ToUniversalTime()));
        command.Parameters.Add(Array(rows, row => RateDefinition.Json(row.Rate)));
        command.Parameters.Add(Array(rows, row => row.Rate.Tenant));
        command.Parameters.Add(Array(rows, row => row.Sequence));
        command.Parameters.Add(Array(rows, row => row.AddedBy));
        command.Parameters.Add(Array(rows, row => row.AddedAt!.Value.ToUniversalTime()));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter<T[]> Array<T>(IReadOnlyList<RateRow> rows, Func<RateRow, T> value) => new() { TypedValue = [.. rows.Select(value)] };
}
