using BudgetProxy.Checks;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>Reservations of code that calls its provider itself, in the embedded database. Each step takes a connection of its own and is on disk when it returns.</summary>
public sealed class SqliteDirectReservationStore(EmbeddedDatabase database) : IDirectReservationStore
{
    private const string Columns = "id, tenant, state, repeat_key, request, definition, answer, settlement, touched_at, ends_at";

    public ValueTask<DirectReservation> AddAsync(DirectReservation reservation, CancellationToken cancellationToken) => Run(
        connection =>
        {
            connection.Run(
                $"""
                INSERT INTO direct_reservations ({Columns})
                VALUES ($id, $tenant, $state, $repeat, $request, $definition, $answer, $settlement, $touched, $ends) ON CONFLICT DO NOTHING
                """,
                ("$id", reservation.Id.ToString()), ("$tenant", reservation.Tenant), ("$state", reservation.State.Name()), ("$repeat", reservation.RepeatKey),
                ("$request", reservation.Request), ("$definition", reservation.Definition.ToJson()), ("$answer", reservation.Answer),
                ("$settlement", reservation.Settlement?.ToJson()), ("$touched", reservation.TouchedAt.ToUnixTimeMilliseconds()),
                ("$ends", reservation.EndsAt.ToUnixTimeMilliseconds()));
            return connection.Query(
                $"SELECT {Columns} FROM direct_reservations WHERE tenant = $tenant AND (id = $id OR repeat_key = $repeat)", Read,
                ("$tenant", reservation.Tenant), ("$id", reservation.Id.ToString()), ("$repeat", reservation.RepeatKey))[0];
        },
        cancellationToken);

    public ValueTask<DirectReservation?> FindAsync(string tenant, Guid id, CancellationToken cancellationToken) => Run(
        connection => connection.Query(
            $"SELECT {Columns} FROM direct_reservations WHERE id = $id AND tenant = $tenant", Read, ("$id", id.ToString()), ("$tenant", tenant)).FirstOrDefault(),
        cancellationToken);

    public ValueTask<bool> MoveAsync(
        Guid id, DirectState from, DirectState to, string? answer, DirectSettlement? settlement, DateTimeOffset now, CancellationToken cancellationToken) => Run(
        connection => connection.Query(
            """
            UPDATE direct_reservations SET state = $to, answer = coalesce($answer, answer), settlement = coalesce($settlement, settlement), touched_at = $now
            WHERE id = $id AND state = $from RETURNING 1
            """,
            static _ => true, ("$id", id.ToString()), ("$from", from.Name()), ("$to", to.Name()), ("$answer", answer), ("$settlement", settlement?.ToJson()),
            ("$now", now.ToUnixTimeMilliseconds())).Count == 1,
        cancellationToken);

    public async ValueTask RemoveAsync(Guid id, DirectState state, CancellationToken cancellationToken) => await Run(
        connection =>
        {
            connection.Run("DELETE FROM direct_reservations WHERE id = $id AND state = $state", ("$id", id.ToString()), ("$state", state.Name()));
            return true;
        },
        cancellationToken);

    public ValueTask<IReadOnlyList<DirectReservation>> UnfinishedAsync(
        DateTimeOffset before, DateTimeOffset askedBefore, int most, CancellationToken cancellationToken) => Run<IReadOnlyList<DirectReservation>>(
        connection => connection.Query(
            $"""
            SELECT {Columns} FROM direct_reservations
            WHERE state IN ('asked', 'settling', 'voiding') AND touched_at < CASE state WHEN 'asked' THEN $asked ELSE $before END
            ORDER BY touched_at LIMIT $most
            """,
            Read, ("$before", before.ToUnixTimeMilliseconds()), ("$asked", askedBefore.ToUnixTimeMilliseconds()), ("$most", most)),
        cancellationToken);

    public async ValueTask ForgetAsync(DateTimeOffset endedBefore, CancellationToken cancellationToken) => await Run(
        connection =>
        {
            // A thousand at a time: no call can be reserved while this is written.
            connection.Run(
                """
                DELETE FROM direct_reservations WHERE id IN (
                    SELECT id FROM direct_reservations WHERE ends_at < $before AND state IN ('held', 'settled', 'voided') LIMIT 1000)
                """,
                ("$before", endedBefore.ToUnixTimeMilliseconds()));
            return true;
        },
        cancellationToken);

    private static DirectReservation Read(SqliteDataReader row) => new()
    {
        Id = Guid.Parse(row.GetString(0)),
        Tenant = row.GetString(1),
        State = DirectStateNames.Parse(row.GetString(2)),
        RepeatKey = row.TextOrNull(3),
        Request = row.GetString(4),
        Definition = DirectDefinition.Parse(row.GetString(5)),
        Answer = row.TextOrNull(6),
        Settlement = row.TextOrNull(7) is { } settlement ? DirectSettlement.Parse(settlement) : null,
        TouchedAt = row.Instant(8),
        EndsAt = row.Instant(9),
    };

    private ValueTask<T> Run<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            return ValueTask.FromResult(work(connection));
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("Reservations could not be read or written.", e);
        }
    }
}
