using BudgetProxy.Stripe;
using Npgsql;
using NpgsqlTypes;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Events of Stripe in the database that all proxies share: whichever claims one works it off.</summary>
public sealed class PostgresStripeEventStore(PostgresDatabase database) : IStripeEventStore
{
    private const string EventColumns = "id, type, meter, received_at, next_at, state, attempts, error";
    private const string RejectColumns = "id, event, at, meter, from_at, to_at, code, message, count, identifier, bucket, tenant";
    private const int MostForgotten = 1_000;

    public async ValueTask<bool> AddAsync(StripeNotice notice, CancellationToken cancellationToken) => await database.WriteAsync(
        connection => connection.RunAsync(
            "INSERT INTO stripe_events (id, type, meter, received_at, next_at, state) VALUES ($1, $2, $3, $4, $5, 'pending') ON CONFLICT DO NOTHING",
            cancellationToken, notice.EventId, notice.Type, Text(notice.Meter), notice.ReceivedAt.ToUnixTimeMilliseconds(), notice.NextAt.ToUnixTimeMilliseconds()),
        cancellationToken) > 0;

    public async ValueTask<IReadOnlyList<StripeNotice>> ClaimAsync(int most, Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            connection => connection.RowsAsync(
                $"""
                UPDATE stripe_events SET owner = $1, owned_until = $2
                WHERE id IN (
                    SELECT id FROM stripe_events WHERE state = 'pending' AND next_at <= $3 AND owned_until <= $3 ORDER BY next_at, id LIMIT $4
                    FOR UPDATE SKIP LOCKED)
                RETURNING {EventColumns}
                """,
                ReadEvent, cancellationToken, owner, until.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds(), most),
            cancellationToken);

    public async ValueTask<bool> EndAsync(StripeNotice notice, IReadOnlyList<StripeReject> rejects, Guid owner, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
                var ended = await connection.RunAsync(
                    """
                    UPDATE stripe_events SET state = $3, attempts = $4, next_at = $5, error = $6, owner = NULL, owned_until = 0
                    WHERE id = $1 AND owner = $2 AND state = 'pending'
                    """,
                    cancellationToken, notice.EventId, owner, StripeEventTexts.Name(notice.State), notice.Attempts, notice.NextAt.ToUnixTimeMilliseconds(), Text(notice.Error));
                foreach (var reject in ended > 0 ? rejects : [])
                    await InsertAsync(connection, reject, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
                return ended > 0;
            },
            cancellationToken);

    public async ValueTask<bool> RenewBucketAsync(Guid bucket, long revision, Guid fresh, CancellationToken cancellationToken) => await database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var renewed = await connection.RunAsync(
                """
                UPDATE billing_buckets SET
                    id = $3, state = 'pending', cause = NULL, error = NULL, generation = 1, first_attempt_at = NULL, sent_at = NULL, next_at = NULL, missing_at = NULL,
                    revision = revision + 1
                WHERE id = $1 AND revision = $2 AND state IN ('sent', 'verified')
                """,
                cancellationToken, bucket, revision, fresh) > 0;
            if (renewed)
                await KeepAsync(connection, bucket, fresh, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return renewed;
        },
        cancellationToken);

    public async ValueTask<IReadOnlyList<StripeReject>> RejectsAsync(RejectQuery query, CancellationToken cancellationToken) => await database.ReadAsync(
        connection => connection.RowsAsync(
            $"""
            SELECT {RejectColumns} FROM stripe_rejects
            WHERE ($1 IS NULL OR tenant = $1) AND ($2 IS NULL OR meter = $2) AND ($3 IS NULL OR at >= $3) AND ($4 IS NULL OR id < $4)
                AND ($6 IS NULL OR bucket = $6)
            ORDER BY id DESC LIMIT $5
            """,
            ReadReject, cancellationToken, Text(query.Tenant), Text(query.Meter), Number(query.Since?.ToUnixTimeMilliseconds()), Id(query.After), query.Most, Id(query.Bucket)),
        cancellationToken);

    public async ValueTask<bool> ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken) => await database.WriteAsync(
        async connection =>
        {
            var forgotten = await connection.RunAsync(
                """
                DELETE FROM stripe_events
                WHERE id IN (SELECT id FROM stripe_events WHERE received_at < $1 AND state <> 'pending' ORDER BY received_at LIMIT $2)
                """,
                cancellationToken, before.ToUnixTimeMilliseconds(), MostForgotten);
            await connection.RunAsync("DELETE FROM stripe_rejects WHERE id < $1", cancellationToken, StripeEventTexts.FirstIdAt(before));
            return forgotten == MostForgotten;
        },
        cancellationToken);

    private static async Task InsertAsync(NpgsqlConnection connection, StripeReject reject, CancellationToken cancellationToken)
    {
        var dead = reject.Bucket is not { } bucket ? [] : await connection.RowsAsync(
            """
            UPDATE billing_buckets SET
                id = $2, state = 'dead', cause = 'rejected', error = $3, generation = 1, first_attempt_at = NULL, sent_at = NULL, next_at = NULL, missing_at = NULL,
                revision = revision + 1
            WHERE id = $1 AND state <> 'written-off' AND first_attempt_at IS NOT NULL RETURNING tenant
            """,
            row => row.GetString(0), cancellationToken, bucket, reject.Id, StripeEventTexts.ErrorOf(reject));
        if (dead.Count > 0)
            await KeepAsync(connection, reject.Bucket!.Value, reject.Id, cancellationToken);
        var (id, tenant) = reject.Bucket is { } named ? await OfNowAsync(connection, named, cancellationToken) : default;
        await connection.RunAsync(
            $"INSERT INTO stripe_rejects ({RejectColumns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            cancellationToken, reject.Id, reject.Event, reject.At.ToUnixTimeMilliseconds(), Text(reject.Meter), Number(reject.From?.ToUnixTimeMilliseconds()),
            Number(reject.To?.ToUnixTimeMilliseconds()), reject.Code, reject.Message, Number(reject.Count), Text(reject.Identifier),
            Id(id), Text(tenant));
    }

    /// <summary>Keeps which bucket had an id before, and has what was told of it follow.</summary>
    private static async Task KeepAsync(NpgsqlConnection connection, Guid old, Guid fresh, CancellationToken cancellationToken)
    {
        await connection.RunAsync(
            "INSERT INTO billing_old_ids (id, bucket) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET bucket = excluded.bucket", cancellationToken, old, fresh);
        await connection.RunAsync("UPDATE stripe_rejects SET bucket = $2 WHERE bucket = $1", cancellationToken, old, fresh);
    }

    /// <summary>The bucket that has an id, or had it before; null = there is none.</summary>
    private static async Task<(Guid? Id, string? Tenant)> OfNowAsync(NpgsqlConnection connection, Guid id, CancellationToken cancellationToken) =>
        (await connection.RowsAsync<(Guid?, string?)>(
            """
            WITH RECURSIVE ids (id) AS (SELECT $1 UNION SELECT o.bucket FROM billing_old_ids o JOIN ids ON o.id = ids.id)
            SELECT b.id, b.tenant FROM ids JOIN billing_buckets b ON b.id = ids.id
            """,
            row => (row.GetGuid(0), row.GetString(1)), cancellationToken, id)).FirstOrDefault();

    private static StripeNotice ReadEvent(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), TextOrNull(row, 2), Instants.Of(row.GetInt64(3)), Instants.Of(row.GetInt64(4)))
        {
            State = StripeEventTexts.StateOf(row.GetString(5)),
            Attempts = row.GetInt32(6),
            Error = TextOrNull(row, 7),
        };

    private static StripeReject ReadReject(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), Instants.Of(row.GetInt64(2)), TextOrNull(row, 3), InstantOrNull(row, 4), InstantOrNull(row, 5), row.GetString(6), row.GetString(7),
        row.IsDBNull(8) ? null : row.GetInt64(8), TextOrNull(row, 9), row.IsDBNull(10) ? null : row.GetGuid(10), TextOrNull(row, 11));

    private static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? InstantOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Instants.Of(row.GetInt64(column));

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Number(long? number) => new() { Value = (object?)number ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };

    private static NpgsqlParameter Id(Guid? id) => new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}
