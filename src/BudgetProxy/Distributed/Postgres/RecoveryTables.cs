using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Who lives, and how the living make counters again together. Kept in Postgres because Redis is what was lost.</summary>
internal sealed class RecoveryTables(PostgresDatabase database)
{
    /// <summary>After so many seconds without a word a proxy is not waited for: its calls are charged as presumed.</summary>
    private const int LapseSeconds = 5;

    /// <summary>Reservations that no proxy need live for.</summary>
    public StandingTable Standing { get; } = new(database);

    /// <summary>Says that this proxy lives, and learns which recoveries want its answer.</summary>
    public Task<List<(long Generation, int[] Shards)>> BeatAsync(string proxy, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var command = connection.Statement(
                """
                WITH beat AS (
                    INSERT INTO proxies (id, seen_at) VALUES ($1, clock_timestamp()) ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp())
                SELECT generation, shards FROM recoveries
                WHERE closed_at IS NULL AND NOT EXISTS (
                    SELECT 1 FROM recovery_answers a WHERE a.generation = recoveries.generation AND a.proxy = $1)
                ORDER BY generation
                """,
                proxy);
            var asked = new List<(long, int[])>();
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                asked.Add((rows.GetInt64(0), rows.GetFieldValue<int[]>(1)));
            return asked;
        },
        cancellationToken);

    /// <summary>This proxy, or one that is known to be gone, is not to be waited for.</summary>
    public Task LeaveAsync(string proxy, CancellationToken cancellationToken) =>
        ExecuteAsync("DELETE FROM proxies WHERE id = $1", cancellationToken, proxy);

    /// <summary>The right to lead, held until it is disposed or its connection ends; null = another proxy has it.</summary>
    public Task<IAsyncDisposable?> TryLeadAsync(CancellationToken cancellationToken) => PostgresFaults.MapAsync<IAsyncDisposable?>(
        async () =>
        {
            var connection = await database.ConnectAsync(cancellationToken);
            var taken = false;
            try
            {
                await using var command = connection.Statement("SELECT pg_try_advisory_lock($1)", AdvisoryLocks.Recovery);
                taken = (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
                return taken ? new Lead(connection) : null;
            }
            finally
            {
                if (!taken)
                    await connection.DisposeAsync();
            }
        },
        cancellationToken);

    /// <summary>Numbers a new generation and asks all proxies for what they know of these shards. Earlier attempts are given up.</summary>
    public Task<long> BeginAsync(int[] shards, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var command = connection.Statement(
                """
                WITH earlier AS (UPDATE recoveries SET closed_at = clock_timestamp() WHERE closed_at IS NULL)
                INSERT INTO recoveries (shards) VALUES ($1) RETURNING generation
                """,
                shards);
            return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
        },
        cancellationToken);

    /// <summary>Hands in what a proxy knows; its first answer stands.</summary>
    /// <returns>False = it has answered before, or too late: the answers have been read.</returns>
    public async Task<bool> AnswerAsync(long generation, string proxy, byte[] answer, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        INSERT INTO recovery_answers (generation, proxy, answer)
        SELECT $1, $2, $3 FROM recoveries WHERE generation = $1 AND closed_at IS NULL FOR SHARE
        ON CONFLICT (generation, proxy) DO NOTHING
        """,
        cancellationToken, generation, proxy, answer) == 1;

    /// <summary>
    /// True while a living proxy has not answered. Where Postgres itself was away all look dead at first, so the first seconds nobody is given up. One that
    /// lives and can't answer is given up after three times that: it books what it has when it comes back.
    /// </summary>
    public Task<bool> AnyMissingAsync(long generation, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var command = connection.Statement(
                """
                SELECT EXISTS (
                    SELECT 1 FROM proxies p, recoveries r
                    WHERE r.generation = $1
                      AND NOT EXISTS (SELECT 1 FROM recovery_answers a WHERE a.generation = $1 AND a.proxy = p.id)
                      AND clock_timestamp() < r.started_at + make_interval(secs => 3 * $2)
                      AND (p.seen_at > clock_timestamp() - make_interval(secs => $2)
                           OR (p.seen_at > r.started_at - interval '1 hour' AND clock_timestamp() < r.started_at + make_interval(secs => $2))))
                """,
                generation, (double)LapseSeconds);
            return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
        },
        cancellationToken);

    /// <summary>
    /// What each proxy handed in; from now on no more is taken. With them, what was handed in to earlier attempts that came to no end.
    /// </summary>
    public Task<List<(long Generation, string Proxy, byte[] Answer)>> AnswersAsync(long generation, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using (var close = connection.Statement("UPDATE recoveries SET closed_at = clock_timestamp() WHERE generation = $1", generation))
                await close.ExecuteNonQueryAsync(cancellationToken);
            await using var command = connection.Statement("SELECT generation, proxy, answer FROM recovery_answers WHERE generation <= $1", generation);
            var answers = new List<(long, string, byte[])>();
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                answers.Add((rows.GetInt64(0), rows.GetString(1), rows.GetFieldValue<byte[]>(2)));
            return answers;
        },
        cancellationToken);

    /// <summary>The generation is in force: nobody need answer any more, and proxies that were silent all along are forgotten.</summary>
    public Task FinishAsync(long generation, CancellationToken cancellationToken) => ExecuteAsync(
        """
        WITH answered AS (DELETE FROM recovery_answers WHERE generation <= $1)
        DELETE FROM proxies WHERE seen_at < clock_timestamp() - interval '1 minute'
        """,
        cancellationToken, generation);

    private Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values) =>
        database.WriteAsync(connection => connection.RunAsync(sql, cancellationToken, values), cancellationToken);

    /// <summary>Closing the connection lets the lock go, however the process ends.</summary>
    private sealed class Lead(NpgsqlConnection connection) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
