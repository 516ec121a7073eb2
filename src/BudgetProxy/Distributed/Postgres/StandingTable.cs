using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// Standing reservations, which no living proxy need know, kept in step with Redis so that counters that were lost are made again with them. A step that
/// was taken in an earlier life of the counters than a recovery has read the row in is refused: what the recovery laid out does not know it.
/// </summary>
internal sealed class StandingTable(PostgresDatabase database)
{
    private const string Columns = "id, tenant, shard, state, started_at, ends_at, next_part, call, holds";

    /// <summary>Before Redis is asked. A row of this id that is there is left as it is.</summary>
    /// <param name="generation">The newest that this proxy knows.</param>
    public Task AskAsync(StandingRow row, long generation, CancellationToken cancellationToken) => ExecuteAsync(
        $"INSERT INTO standing_reservations ({Columns}, generation) VALUES ($1, $2, $3, 0, $4, $5, 0, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
        cancellationToken, row.Id, row.Tenant, row.Shard, Instants.Whole(row.StartedAt), Instants.Whole(row.EndsAt), EntryCodec.Write(row.Call),
        StandingHold.Write(row.Holds), generation);

    /// <summary>Redis holds it.</summary>
    /// <param name="generation">In which it was taken.</param>
    /// <returns>False = it was given up meanwhile, or the counters were lost: it is not granted.</returns>
    public async Task<bool> OpenAsync(StandingRow row, long generation, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            """
            UPDATE standing_reservations
            SET state = 1, generation = $2, started_at = $3, ends_at = $4, call = $5, holds = $6, touched_at = clock_timestamp()
            WHERE id = $1 AND state = 0 AND generation <= $2
            """,
            cancellationToken, row.Id, generation, Instants.Whole(row.StartedAt), Instants.Whole(row.EndsAt), EntryCodec.Write(row.Call),
            StandingHold.Write(row.Holds));
        return await FindAsync(row.Tenant, row.Id, cancellationToken) is { State: StandingState.Open };
    }

    /// <summary>Null = the tenant has none of this id.</summary>
    public async Task<StandingRow?> FindAsync(string tenant, Guid id, CancellationToken cancellationToken)
    {
        var found = await RowsAsync($"SELECT {Columns} FROM standing_reservations WHERE id = $1 AND tenant = $2", cancellationToken, id, tenant);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>A part has ended: the row as it leaves it and its entries, both or neither.</summary>
    /// <param name="generation">In which Redis booked it.</param>
    /// <returns>False = the row is gone or further, or the counters were lost: nothing was written.</returns>
    public Task<bool> SettleAsync(StandingRow after, long generation, IReadOnlyList<PlacedEntry> entries, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var command = connection.Statement(
                "UPDATE standing_reservations SET next_part = $2, call = $3, holds = $4 WHERE id = $1 AND next_part = $2 - 1 AND generation <= $5",
                after.Id, after.NextPart, EntryCodec.Write(after.Call), StandingHold.Write(after.Holds), generation);
            if (await command.ExecuteNonQueryAsync(cancellationToken) == 0)
                return false;
            await PostgresLedger.InsertAsync(database, connection, entries, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>Before Redis is told: from now on it is not laid out as open again, and whoever comes first ends it.</summary>
    /// <returns>False = the tenant has no standing reservation of this id.</returns>
    public async Task<bool> VoidAsync(string tenant, Guid id, CancellationToken cancellationToken) => await ExecuteAsync(
        "UPDATE standing_reservations SET state = 2, touched_at = clock_timestamp() WHERE id = $1 AND tenant = $2", cancellationToken, id, tenant) == 1;

    /// <summary>It was refused.</summary>
    public Task WithdrawAsync(Guid id, CancellationToken cancellationToken) =>
        ExecuteAsync("DELETE FROM standing_reservations WHERE id = $1 AND state = 0", cancellationToken, id);

    /// <summary>Nothing of it is left anywhere.</summary>
    public Task RemoveAsync(Guid id, CancellationToken cancellationToken) =>
        ExecuteAsync("DELETE FROM standing_reservations WHERE id = $1", cancellationToken, id);

    /// <summary>Drops rows of reservations that were charged so long ago that nothing is adjusted any more.</summary>
    public Task ForgetAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) =>
        ExecuteAsync("DELETE FROM standing_reservations WHERE ends_at < $1", cancellationToken, Instants.Whole(endedBefore));

    /// <summary>What was asked for and never granted, or is being voided, and has not moved for so long: from now on it is to be voided.</summary>
    public async Task<List<(string Tenant, Guid Id)>> UnfinishedAsync(TimeSpan age, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(
            $"""
            UPDATE standing_reservations SET state = 2, touched_at = clock_timestamp()
            WHERE state <> 1 AND touched_at <= clock_timestamp() - $1 RETURNING {Columns}
            """,
            cancellationToken, age);
        return rows.ConvertAll(row => (row.Tenant, row.Id));
    }

    /// <summary>What a recovery lays out again; steps of earlier generations are refused from now on.</summary>
    public Task<List<StandingRow>> TakeOverAsync(int[] shards, long generation, CancellationToken cancellationToken) => RowsAsync(
        $"UPDATE standing_reservations SET generation = $2 WHERE shard = ANY ($1) RETURNING {Columns}", cancellationToken, shards, generation);

    private Task<int> ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values) =>
        database.WriteAsync(connection => connection.RunAsync(sql, cancellationToken, values), cancellationToken);

    private Task<List<StandingRow>> RowsAsync(string sql, CancellationToken cancellationToken, params object[] values) => database.WriteAsync(
        async connection =>
        {
            await using var command = connection.Statement(sql, values);
            var found = new List<StandingRow>();
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
                found.Add(Read(rows));
            return found;
        },
        cancellationToken);

    private static StandingRow Read(NpgsqlDataReader row)
    {
        var (id, started) = (row.GetGuid(0), row.GetFieldValue<DateTimeOffset>(4));
        return new StandingRow
        {
            Id = id,
            Tenant = row.GetString(1),
            Shard = row.GetInt32(2),
            State = (StandingState)row.GetInt16(3),
            StartedAt = started,
            EndsAt = row.GetFieldValue<DateTimeOffset>(5),
            NextPart = row.GetInt32(6),
            Call = EntryCodec.ReadCall(row.GetFieldValue<byte[]>(7), id, started),
            Holds = StandingHold.Read(row.GetFieldValue<byte[]>(8)),
        };
    }
}
