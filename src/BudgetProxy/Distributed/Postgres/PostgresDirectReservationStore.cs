using BudgetProxy.Checks;
using Npgsql;
using NpgsqlTypes;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Reservations of code that calls its provider itself, in the database that all proxies share: any of them settles one that another made.</summary>
public sealed class PostgresDirectReservationStore(PostgresDatabase database) : IDirectReservationStore
{
    private const string Columns = "id, tenant, state, repeat_key, request, definition, answer, settlement, touched_at, ends_at";

    public async ValueTask<DirectReservation> AddAsync(DirectReservation reservation, CancellationToken cancellationToken)
    {
        await RunAsync(
            $"INSERT INTO direct_reservations ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING", cancellationToken,
            reservation.Id, reservation.Tenant, reservation.State.Name(), Text(reservation.RepeatKey), reservation.Request, reservation.Definition.ToJson(),
            Text(reservation.Answer), Text(reservation.Settlement?.ToJson()), reservation.TouchedAt.ToUnixTimeMilliseconds(),
            reservation.EndsAt.ToUnixTimeMilliseconds());
        var there = await RowsAsync(
            $"SELECT {Columns} FROM direct_reservations WHERE tenant = $1 AND (id = $2 OR repeat_key = $3)", cancellationToken,
            reservation.Tenant, reservation.Id, Text(reservation.RepeatKey));
        return there.Count > 0
            ? there[0]
            : throw new Reservations.StoreUnavailableException("The first request under this key was refused just now, and forgotten; ask again.");
    }

    public async ValueTask<DirectReservation?> FindAsync(string tenant, Guid id, CancellationToken cancellationToken) =>
        (await RowsAsync($"SELECT {Columns} FROM direct_reservations WHERE id = $1 AND tenant = $2", cancellationToken, id, tenant)).FirstOrDefault();

    public async ValueTask<bool> MoveAsync(
        Guid id, DirectState from, DirectState to, string? answer, DirectSettlement? settlement, DateTimeOffset now, CancellationToken cancellationToken) =>
        await RunAsync(
            """
            UPDATE direct_reservations SET state = $3, answer = coalesce($4, answer), settlement = coalesce($5, settlement), touched_at = $6
            WHERE id = $1 AND state = $2
            """,
            cancellationToken, id, from.Name(), to.Name(), Text(answer), Text(settlement?.ToJson()), now.ToUnixTimeMilliseconds()) == 1;

    public async ValueTask RemoveAsync(Guid id, DirectState state, CancellationToken cancellationToken) =>
        await RunAsync("DELETE FROM direct_reservations WHERE id = $1 AND state = $2", cancellationToken, id, state.Name());

    public async ValueTask<IReadOnlyList<DirectReservation>> UnfinishedAsync(
        DateTimeOffset before, DateTimeOffset askedBefore, int most, CancellationToken cancellationToken) => await RowsAsync(
        $"""
        SELECT {Columns} FROM direct_reservations
        WHERE state IN ('asked', 'settling', 'voiding') AND touched_at < CASE state WHEN 'asked' THEN $2 ELSE $1 END
        ORDER BY touched_at LIMIT $3
        """,
        cancellationToken, before.ToUnixTimeMilliseconds(), askedBefore.ToUnixTimeMilliseconds(), most);

    public async ValueTask ForgetAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) => await RunAsync(
        """
        DELETE FROM direct_reservations WHERE id IN (
            SELECT id FROM direct_reservations WHERE ends_at < $1 AND state IN ('held', 'settled', 'voided') LIMIT 1000)
        """,
        cancellationToken, endedBefore.ToUnixTimeMilliseconds());

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private Task<int> RunAsync(string sql, CancellationToken cancellationToken, params object[] values) =>
        database.WriteAsync(connection => connection.RunAsync(sql, cancellationToken, values), cancellationToken);

    private Task<List<DirectReservation>> RowsAsync(string sql, CancellationToken cancellationToken, params object[] values) => database.WriteAsync(
        async connection =>
        {
            await using var command = connection.Statement(sql, values);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            var found = new List<DirectReservation>();
            while (await rows.ReadAsync(cancellationToken))
                found.Add(Read(rows));
            return found;
        },
        cancellationToken);

    private static DirectReservation Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Tenant = row.GetString(1),
        State = DirectStateNames.Parse(row.GetString(2)),
        RepeatKey = row.IsDBNull(3) ? null : row.GetString(3),
        Request = row.GetString(4),
        Definition = DirectDefinition.Parse(row.GetString(5)),
        Answer = row.IsDBNull(6) ? null : row.GetString(6),
        Settlement = row.IsDBNull(7) ? null : DirectSettlement.Parse(row.GetString(7)),
        TouchedAt = Instants.Of(row.GetInt64(8)),
        EndsAt = Instants.Of(row.GetInt64(9)),
    };
}
