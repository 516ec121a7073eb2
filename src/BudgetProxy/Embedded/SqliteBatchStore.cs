using BudgetProxy.Batches;
using BudgetProxy.Core.Requests;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>Batches in the embedded database. Like the directory each step takes a connection of its own and is on disk when it returns.</summary>
public sealed class SqliteBatchStore(EmbeddedDatabase database) : IBatchStore
{
    private const string Columns = "id, tenant, provider_id, state, created_at, definition, answer, failures";
    private const string FileColumns = "tenant, id, created_at, lines, line_count, answer, batch";

    public ValueTask AddFileAsync(BatchFile file, IReadOnlyList<byte[]> chunks, CancellationToken cancellationToken) => Write(
        connection =>
        {
            connection.Run(
                $"""
                INSERT INTO batch_files ({FileColumns}) VALUES ($tenant, $id, $created, $lines, $count, $answer, $batch)
                ON CONFLICT (tenant, id) DO NOTHING
                """,
                ("$tenant", file.Tenant), ("$id", file.Id), ("$created", file.CreatedAt.ToUnixTimeMilliseconds()), ("$lines", Text(file.Lines)),
                ("$count", file.LineCount), ("$answer", file.Answer), ("$batch", Text(file.Batch)));
            if (file.Lines is { } lines && Changed(connection))
                AddChunks(connection, "batch_file_lines", lines, chunks);
        },
        cancellationToken);

    public ValueTask<BatchFile?> FindFileAsync(string tenant, string id, CancellationToken cancellationToken) => Read(
        connection => Query(connection, $"SELECT {FileColumns} FROM batch_files WHERE tenant = $tenant AND id = $id", ReadFile, ("$tenant", tenant), ("$id", id))
            .FirstOrDefault(),
        cancellationToken);

    public ValueTask<IReadOnlyList<BatchFile>> FilesAsync(string tenant, int most, CancellationToken cancellationToken) => Read<IReadOnlyList<BatchFile>>(
        connection => Query(
            connection, $"SELECT {FileColumns} FROM batch_files WHERE tenant = $tenant ORDER BY created_at DESC, id DESC LIMIT $most", ReadFile,
            ("$tenant", tenant), ("$most", most)),
        cancellationToken);

    public ValueTask RemoveFileAsync(string tenant, string id, CancellationToken cancellationToken) => Write(
        connection => connection.Run("DELETE FROM batch_files WHERE tenant = $tenant AND id = $id", ("$tenant", tenant), ("$id", id)), cancellationToken);

    public ValueTask AddAsync(Batch batch, IReadOnlyList<byte[]> chunks, DateTimeOffset nextLook, CancellationToken cancellationToken) => Write(
        connection =>
        {
            connection.Run(
                """
                INSERT INTO batches (id, tenant, provider, provider_id, state, created_at, definition, answer, failures, next_look)
                VALUES ($id, $tenant, $provider, $providerId, $state, $created, $definition, $answer, 0, $next)
                """,
                ("$id", Text(batch.Id)), ("$tenant", batch.Tenant), ("$provider", batch.Definition.Provider.Name()), ("$providerId", batch.ProviderId),
                ("$state", batch.State.Name()), ("$created", batch.CreatedAt.ToUnixTimeMilliseconds()), ("$definition", batch.Definition.ToJson()),
                ("$answer", batch.Answer), ("$next", nextLook.ToUnixTimeMilliseconds()));
            AddChunks(connection, "batch_lines", batch.Id, chunks);
        },
        cancellationToken);

    public ValueTask<byte[]?> ChunkAsync(Guid lines, int number, CancellationToken cancellationToken) => Read(
        connection => Query(
            connection,
            """
            SELECT data FROM batch_file_lines WHERE lines = $lines AND number = $number
            UNION ALL SELECT data FROM batch_lines WHERE lines = $lines AND number = $number
            """,
            row => row.GetFieldValue<byte[]>(0), ("$lines", Text(lines)), ("$number", number)).FirstOrDefault(),
        cancellationToken);

    public ValueTask<bool> MoveAsync(
        Guid id, BatchState from, BatchState to, string? providerId, string? answer, CancellationToken cancellationToken) => WriteAny(
        connection =>
        {
            connection.Run(
                """
                UPDATE OR IGNORE batches SET state = $to, provider_id = coalesce($providerId, provider_id), answer = coalesce($answer, answer), failures = 0
                WHERE id = $id AND state = $from
                """,
                ("$id", Text(id)), ("$from", from.Name()), ("$to", to.Name()), ("$providerId", providerId), ("$answer", answer));
            var moved = Changed(connection);
            if (moved && to == BatchState.Settled)
                connection.Run("DELETE FROM batch_lines WHERE lines = $id", ("$id", Text(id)));
            return moved;
        },
        cancellationToken);

    public ValueTask<bool> BeginSendingAsync(Guid id, DateTimeOffset nextLook, CancellationToken cancellationToken) => WriteAny(
        connection =>
        {
            connection.Run(
                "UPDATE batches SET state = 'sending', next_look = $next, failures = 0 WHERE id = $id AND state = 'preparing'",
                ("$id", Text(id)), ("$next", nextLook.ToUnixTimeMilliseconds()));
            return Changed(connection);
        },
        cancellationToken);

    public ValueTask RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        Write(connection => connection.Run("DELETE FROM batches WHERE id = $id", ("$id", Text(id))), cancellationToken);

    public ValueTask SaveAnswerAsync(Guid id, string answer, bool isFinal, CancellationToken cancellationToken) => Write(
        connection => connection.Run(
            "UPDATE batches SET answer = $answer WHERE id = $id AND ($final OR state <> 'settled')", ("$id", Text(id)), ("$answer", answer), ("$final", isFinal)),
        cancellationToken);

    public ValueTask<Batch?> FindAsync(string tenant, Provider provider, string providerId, CancellationToken cancellationToken) => Read(
        connection => Query(
            connection, $"SELECT {Columns} FROM batches WHERE provider = $provider AND provider_id = $id AND tenant = $tenant", ReadBatch,
            ("$provider", provider.Name()), ("$id", providerId), ("$tenant", tenant)).FirstOrDefault(),
        cancellationToken);

    public ValueTask<Batch?> GetAsync(Guid id, CancellationToken cancellationToken) => Read(
        connection => Query(connection, $"SELECT {Columns} FROM batches WHERE id = $id", ReadBatch, ("$id", Text(id))).FirstOrDefault(), cancellationToken);

    public ValueTask<IReadOnlyList<Batch>> ListAsync(string tenant, Provider provider, Guid? after, int most, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<Batch>>(
            connection => Query(
                connection,
                $"""
                SELECT {Columns} FROM batches
                WHERE tenant = $tenant AND provider = $provider AND provider_id IS NOT NULL AND ($after IS NULL OR id < $after)
                ORDER BY id DESC LIMIT $most
                """,
                ReadBatch, ("$tenant", tenant), ("$provider", provider.Name()), ("$after", Text(after)), ("$most", most)),
            cancellationToken);

    public ValueTask<bool> IsTakenAsync(Provider provider, string providerId, CancellationToken cancellationToken) => Read(
        connection => Query(
            connection, "SELECT 1 FROM batches WHERE provider = $provider AND provider_id = $id", static _ => true,
            ("$provider", provider.Name()), ("$id", providerId)).Count > 0,
        cancellationToken);

    // Read once the claim is on disk: a row that can't be read stays claimed for a while, and the others get their turn.
    public async ValueTask<Batch?> ClaimAsync(Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => (await WriteAny(
        connection => Query(
            connection,
            $"""
            UPDATE batches SET owner = $owner, owned_until = $until
            WHERE id = (SELECT id FROM batches WHERE state <> 'settled' AND next_look <= $now AND owned_until <= $now ORDER BY next_look LIMIT 1)
            RETURNING {Columns}
            """,
            BatchOf, ("$owner", Text(owner)), ("$now", now.ToUnixTimeMilliseconds()), ("$until", until.ToUnixTimeMilliseconds())).FirstOrDefault(),
        cancellationToken))?.Invoke();

    public ValueTask<bool> RenewAsync(Guid id, Guid owner, DateTimeOffset until, CancellationToken cancellationToken) => WriteAny(
        connection =>
        {
            connection.Run(
                "UPDATE batches SET owned_until = $until WHERE id = $id AND owner = $owner",
                ("$id", Text(id)), ("$owner", Text(owner)), ("$until", until.ToUnixTimeMilliseconds()));
            return Changed(connection);
        },
        cancellationToken);

    public ValueTask ReleaseAsync(Guid id, Guid owner, DateTimeOffset nextLook, int failures, CancellationToken cancellationToken) => Write(
        connection => connection.Run(
            "UPDATE batches SET owner = NULL, owned_until = 0, next_look = $next, failures = $failures WHERE id = $id AND owner = $owner",
            ("$id", Text(id)), ("$owner", Text(owner)), ("$next", nextLook.ToUnixTimeMilliseconds()), ("$failures", failures)),
        cancellationToken);

    public ValueTask HurryAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) => Write(
        connection => connection.Run(
            "UPDATE batches SET next_look = min(next_look, $now) WHERE id = $id", ("$id", Text(id)), ("$now", now.ToUnixTimeMilliseconds())),
        cancellationToken);

    public ValueTask<int> OpenAsync(CancellationToken cancellationToken) => Read(
        connection => Query(connection, "SELECT count(*) FROM batches WHERE state <> 'settled'", static row => row.GetInt32(0))[0], cancellationToken);

    private static void AddChunks(SqliteConnection connection, string table, Guid lines, IReadOnlyList<byte[]> chunks)
    {
        for (var number = 0; number < chunks.Count; number++)
        {
            connection.Run(
                $"INSERT INTO {table} (lines, number, data) VALUES ($lines, $number, $data)",
                ("$lines", Text(lines)), ("$number", number), ("$data", chunks[number]));
        }
    }

    private static bool Changed(SqliteConnection connection) => Query(connection, "SELECT changes()", static row => row.GetInt64(0))[0] > 0;

    private static Batch ReadBatch(SqliteDataReader row) => BatchOf(row)();

    // Takes the row's columns now and reads them when it is called.
    private static Func<Batch> BatchOf(SqliteDataReader row)
    {
        var (id, tenant, providerId, state) = (row.GetString(0), row.GetString(1), row.TextOrNull(2), row.GetString(3));
        var (createdAt, definition, answer, failures) = (row.Instant(4), row.GetString(5), row.TextOrNull(6), row.GetInt32(7));
        return () => new Batch
        {
            Id = Guid.Parse(id),
            Tenant = tenant,
            ProviderId = providerId,
            State = BatchStateNames.Parse(state),
            CreatedAt = createdAt,
            Definition = BatchDefinition.Parse(definition),
            Answer = answer,
            Failures = failures,
        };
    }

    private static BatchFile ReadFile(SqliteDataReader row) => new()
    {
        Tenant = row.GetString(0),
        Id = row.GetString(1),
        CreatedAt = row.Instant(2),
        Lines = row.TextOrNull(3) is { } lines ? Guid.Parse(lines) : null,
        LineCount = row.GetInt32(4),
        Answer = row.TextOrNull(5),
        Batch = row.TextOrNull(6) is { } batch ? Guid.Parse(batch) : null,
    };

    private static string? Text(Guid? id) => id?.ToString();

    private static List<T> Query<T>(
        SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        using var rows = command.ExecuteReader();
        var found = new List<T>();
        while (rows.Read())
            found.Add(read(rows));
        return found;
    }

    private ValueTask<T> Read<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken) => Run(read, inTransaction: false, cancellationToken);

    private ValueTask<T> WriteAny<T>(Func<SqliteConnection, T> write, CancellationToken cancellationToken) => Run(write, inTransaction: true, cancellationToken);

    private async ValueTask Write(Action<SqliteConnection> write, CancellationToken cancellationToken) => await Run(
        connection =>
        {
            write(connection);
            return true;
        },
        inTransaction: true,
        cancellationToken);

    private ValueTask<T> Run<T>(Func<SqliteConnection, T> work, bool inTransaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            if (!inTransaction)
                return ValueTask.FromResult(work(connection));
            using var transaction = connection.BeginTransaction();
            var result = work(connection);
            transaction.Commit();
            return ValueTask.FromResult(result);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("Batches could not be read or written.", e);
        }
    }
}
