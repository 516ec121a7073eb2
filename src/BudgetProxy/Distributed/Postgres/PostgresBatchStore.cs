using BudgetProxy.Batches;
using BudgetProxy.Core.Requests;
using Npgsql;
using NpgsqlTypes;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Batches in the database that all proxies share: whichever claims one looks after it.</summary>
public sealed class PostgresBatchStore(PostgresDatabase database) : IBatchStore
{
    private const string Columns = "id, tenant, provider_id, state, created_at, definition, answer, failures";
    private const string FileColumns = "tenant, id, created_at, lines, line_count, answer, batch";

    public async ValueTask AddFileAsync(BatchFile file, IReadOnlyList<byte[]> chunks, CancellationToken cancellationToken) => await TransactAsync(
        async connection =>
        {
            var added = await connection.RunAsync(
                $"INSERT INTO batch_files ({FileColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (tenant, id) DO NOTHING", cancellationToken,
                Text(file.Tenant), Text(file.Id), file.CreatedAt.ToUnixTimeMilliseconds(), Id(file.Lines), file.LineCount, Text(file.Answer), Id(file.Batch));
            if (added > 0 && file.Lines is { } lines)
                await AddChunksAsync(connection, "batch_file_lines", lines, chunks, cancellationToken);
            return true;
        },
        cancellationToken);

    public async ValueTask<BatchFile?> FindFileAsync(string tenant, string id, CancellationToken cancellationToken) => (await QueryAsync(
        $"SELECT {FileColumns} FROM batch_files WHERE tenant = $1 AND id = $2", ReadFile, cancellationToken, tenant, id)).FirstOrDefault();

    public async ValueTask<IReadOnlyList<BatchFile>> FilesAsync(string tenant, int most, CancellationToken cancellationToken) => await QueryAsync(
        $"SELECT {FileColumns} FROM batch_files WHERE tenant = $1 ORDER BY created_at DESC, id DESC LIMIT $2", ReadFile, cancellationToken, tenant, most);

    public async ValueTask RemoveFileAsync(string tenant, string id, CancellationToken cancellationToken) =>
        await WriteAsync("DELETE FROM batch_files WHERE tenant = $1 AND id = $2", cancellationToken, tenant, id);

    public async ValueTask AddAsync(Batch batch, IReadOnlyList<byte[]> chunks, DateTimeOffset nextLook, CancellationToken cancellationToken) => await TransactAsync(
        async connection =>
        {
            await connection.RunAsync(
                """
                INSERT INTO batches (id, tenant, provider, provider_id, state, created_at, definition, answer, failures, next_look)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)
                """,
                cancellationToken, batch.Id, batch.Tenant, batch.Definition.Provider.Name(), Text(batch.ProviderId), batch.State.Name(),
                batch.CreatedAt.ToUnixTimeMilliseconds(), batch.Definition.ToJson(), Text(batch.Answer), nextLook.ToUnixTimeMilliseconds());
            await AddChunksAsync(connection, "batch_lines", batch.Id, chunks, cancellationToken);
            return true;
        },
        cancellationToken);

    public async ValueTask<byte[]?> ChunkAsync(Guid lines, int number, CancellationToken cancellationToken) => (await QueryAsync(
        """
        SELECT data FROM batch_file_lines WHERE lines = $1 AND number = $2
        UNION ALL SELECT data FROM batch_lines WHERE lines = $1 AND number = $2
        """,
        static row => row.GetFieldValue<byte[]>(0), cancellationToken, lines, number)).FirstOrDefault();

    public async ValueTask<bool> MoveAsync(
        Guid id, BatchState from, BatchState to, string? providerId, string? answer, CancellationToken cancellationToken) => await TransactAsync(
        async connection =>
        {
            var moved = await connection.RunAsync(
                """
                UPDATE batches SET state = $3, provider_id = coalesce($4, provider_id), answer = coalesce($5, answer), failures = 0
                WHERE id = $1 AND state = $2 AND NOT EXISTS (
                    SELECT 1 FROM batches other WHERE other.provider = batches.provider AND other.provider_id = $4 AND other.id <> $1)
                """,
                cancellationToken, id, from.Name(), to.Name(), Text(providerId), Text(answer)) > 0;
            if (moved && to == BatchState.Settled)
                await connection.RunAsync("DELETE FROM batch_lines WHERE lines = $1", cancellationToken, id);
            return moved;
        },
        cancellationToken);

    public async ValueTask<bool> BeginSendingAsync(Guid id, DateTimeOffset nextLook, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE batches SET state = 'sending', next_look = $2, failures = 0 WHERE id = $1 AND state = 'preparing'", cancellationToken,
        id, nextLook.ToUnixTimeMilliseconds()) > 0;

    public async ValueTask RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        await WriteAsync("DELETE FROM batches WHERE id = $1", cancellationToken, id);

    public async ValueTask SaveAnswerAsync(Guid id, string answer, bool isFinal, CancellationToken cancellationToken) =>
        await WriteAsync("UPDATE batches SET answer = $2 WHERE id = $1 AND ($3 OR state <> 'settled')", cancellationToken, id, answer, isFinal);

    public async ValueTask<Batch?> FindAsync(string tenant, Provider provider, string providerId, CancellationToken cancellationToken) => (await QueryAsync(
        $"SELECT {Columns} FROM batches WHERE provider = $1 AND provider_id = $2 AND tenant = $3", ReadBatch, cancellationToken, provider.Name(), providerId, tenant))
        .FirstOrDefault();

    public async ValueTask<Batch?> GetAsync(Guid id, CancellationToken cancellationToken) =>
        (await QueryAsync($"SELECT {Columns} FROM batches WHERE id = $1", ReadBatch, cancellationToken, id)).FirstOrDefault();

    public async ValueTask<IReadOnlyList<Batch>> ListAsync(string tenant, Provider provider, Guid? after, int most, CancellationToken cancellationToken) =>
        await QueryAsync(
            $"""
            SELECT {Columns} FROM batches
            WHERE tenant = $1 AND provider = $2 AND provider_id IS NOT NULL AND ($3::uuid IS NULL OR id < $3)
            ORDER BY id DESC LIMIT $4
            """,
            ReadBatch, cancellationToken, tenant, provider.Name(), Id(after), most);

    public async ValueTask<bool> IsTakenAsync(Provider provider, string providerId, CancellationToken cancellationToken) => (await QueryAsync(
        "SELECT 1 FROM batches WHERE provider = $1 AND provider_id = $2", static _ => true, cancellationToken, provider.Name(), providerId)).Count > 0;

    public async ValueTask<Batch?> ClaimAsync(Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => (await database.WriteAsync(
        connection => connection.RowsAsync(
            $"""
            UPDATE batches SET owner = $1, owned_until = $3
            WHERE id = (
                SELECT id FROM batches WHERE state <> 'settled' AND next_look <= $2 AND owned_until <= $2
                ORDER BY next_look LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING {Columns}
            """,
            ReadBatch, cancellationToken, owner, now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds()),
        cancellationToken)).FirstOrDefault();

    public async ValueTask<bool> RenewAsync(Guid id, Guid owner, DateTimeOffset until, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE batches SET owned_until = $3 WHERE id = $1 AND owner = $2", cancellationToken, id, owner, until.ToUnixTimeMilliseconds()) > 0;

    public async ValueTask ReleaseAsync(Guid id, Guid owner, DateTimeOffset nextLook, int failures, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE batches SET owner = NULL, owned_until = 0, next_look = $3, failures = $4 WHERE id = $1 AND owner = $2", cancellationToken,
        id, owner, nextLook.ToUnixTimeMilliseconds(), failures);

    public async ValueTask HurryAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE batches SET next_look = least(next_look, $2) WHERE id = $1", cancellationToken, id, now.ToUnixTimeMilliseconds());

    public async ValueTask<int> OpenAsync(CancellationToken cancellationToken) => (await QueryAsync(
        "SELECT count(*)::integer FROM batches WHERE state <> 'settled'", static row => row.GetInt32(0), cancellationToken))[0];

    private static Batch ReadBatch(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Tenant = row.GetString(1),
        ProviderId = row.IsDBNull(2) ? null : row.GetString(2),
        State = BatchStateNames.Parse(row.GetString(3)),
        CreatedAt = Instants.Of(row.GetInt64(4)),
        Definition = BatchDefinition.Parse(row.GetString(5)),
        Answer = row.IsDBNull(6) ? null : row.GetString(6),
        Failures = row.GetInt32(7),
    };

    private static BatchFile ReadFile(NpgsqlDataReader row) => new()
    {
        Tenant = row.GetString(0),
        Id = row.GetString(1),
        CreatedAt = Instants.Of(row.GetInt64(2)),
        Lines = row.IsDBNull(3) ? null : row.GetGuid(3),
        LineCount = row.GetInt32(4),
        Answer = row.IsDBNull(5) ? null : row.GetString(5),
        Batch = row.IsDBNull(6) ? null : row.GetGuid(6),
    };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Id(Guid? id) => new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static async Task AddChunksAsync(
        NpgsqlConnection connection, string table, Guid lines, IReadOnlyList<byte[]> chunks, CancellationToken cancellationToken)
    {
        for (var number = 0; number < chunks.Count; number++)
        {
            await connection.RunAsync($"INSERT INTO {table} (lines, number, data) VALUES ($1, $2, $3)", cancellationToken, lines, number, chunks[number]);
        }
    }

    private Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values) =>
        database.ReadAsync(connection => connection.RowsAsync(sql, read, cancellationToken, values), cancellationToken);

    private Task<int> WriteAsync(string sql, CancellationToken cancellationToken, params object[] values) =>
        database.WriteAsync(connection => connection.RunAsync(sql, cancellationToken, values), cancellationToken);

    private Task<bool> TransactAsync(Func<NpgsqlConnection, Task<bool>> work, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var result = await work(connection);
            await transaction.CommitAsync(cancellationToken);
            return result;
        },
        cancellationToken);
}
