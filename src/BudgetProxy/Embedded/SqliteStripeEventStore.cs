using BudgetProxy.Storage;
using BudgetProxy.Stripe;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>Events of Stripe in the embedded database.</summary>
public sealed class SqliteStripeEventStore(EmbeddedDatabase database) : IStripeEventStore
{
    private const string EventColumns = "id, type, meter, received_at, next_at, state, attempts, error";
    private const string RejectColumns = "id, event, at, meter, from_at, to_at, code, message, count, identifier, bucket, tenant";
    private const int MostForgotten = 500;

    private readonly SqliteSteps _steps = new(database, "Events of Stripe could not be read or written.");

    public ValueTask<bool> AddAsync(StripeNotice notice, CancellationToken cancellationToken) => _steps.RunAsync(
        connection => SqliteSteps.Changed(
            connection,
            "INSERT INTO stripe_events (id, type, meter, received_at, next_at, state) VALUES ($id, $type, $meter, $received, $next, 'pending') ON CONFLICT DO NOTHING",
            ("$id", notice.EventId), ("$type", notice.Type), ("$meter", notice.Meter), ("$received", notice.ReceivedAt.ToUnixTimeMilliseconds()),
            ("$next", notice.NextAt.ToUnixTimeMilliseconds())) > 0,
        true,
        cancellationToken);

    public ValueTask<IReadOnlyList<StripeNotice>> ClaimAsync(int most, Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        _steps.RunAsync<IReadOnlyList<StripeNotice>>(
            connection => connection.Query(
                $"""
                UPDATE stripe_events SET owner = $owner, owned_until = $until
                WHERE id IN (SELECT id FROM stripe_events WHERE state = 'pending' AND next_at <= $now AND owned_until <= $now ORDER BY next_at, id LIMIT $most)
                RETURNING {EventColumns}
                """,
                ReadEvent, ("$owner", owner.ToString()), ("$until", until.ToUnixTimeMilliseconds()), ("$now", now.ToUnixTimeMilliseconds()), ("$most", most)),
            true,
            cancellationToken);

    public ValueTask<bool> EndAsync(StripeNotice notice, IReadOnlyList<StripeReject> rejects, Guid owner, CancellationToken cancellationToken) => _steps.RunAsync(
        connection =>
        {
            var ended = SqliteSteps.Changed(
                connection,
                """
                UPDATE stripe_events SET state = $state, attempts = $attempts, next_at = $next, error = $error, owner = NULL, owned_until = 0
                WHERE id = $id AND owner = $owner AND state = 'pending'
                """,
                ("$id", notice.EventId), ("$owner", owner.ToString()), ("$state", StripeEventTexts.Name(notice.State)), ("$attempts", notice.Attempts),
                ("$next", notice.NextAt.ToUnixTimeMilliseconds()), ("$error", notice.Error));
            foreach (var reject in ended > 0 ? rejects : [])
                Insert(connection, reject);
            return ended > 0;
        },
        true,
        cancellationToken);

    public ValueTask<bool> RenewBucketAsync(Guid bucket, long revision, Guid fresh, CancellationToken cancellationToken) => _steps.RunAsync(
        connection =>
        {
            var renewed = SqliteSteps.Changed(
                connection,
                """
                UPDATE billing_buckets SET
                    id = $fresh, state = 'pending', cause = NULL, error = NULL, generation = 1, first_attempt_at = NULL, sent_at = NULL, next_at = NULL, missing_at = NULL,
                    revision = revision + 1
                WHERE id = $bucket AND revision = $revision AND state IN ('sent', 'verified')
                """,
                ("$bucket", bucket.ToString()), ("$revision", revision), ("$fresh", fresh.ToString())) > 0;
            if (renewed)
                Keep(connection, bucket, fresh);
            return renewed;
        },
        true,
        cancellationToken);

    public ValueTask<IReadOnlyList<StripeReject>> RejectsAsync(RejectQuery query, CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<StripeReject>>(
        connection => connection.Query(
            $"""
            SELECT {RejectColumns} FROM stripe_rejects
            WHERE ($tenant IS NULL OR tenant = $tenant) AND ($meter IS NULL OR meter = $meter) AND ($since IS NULL OR at >= $since) AND ($after IS NULL OR id < $after)
                AND ($bucket IS NULL OR bucket = $bucket)
            ORDER BY id DESC LIMIT $most
            """,
            ReadReject, ("$tenant", query.Tenant), ("$meter", query.Meter), ("$since", query.Since?.ToUnixTimeMilliseconds()), ("$after", query.After?.ToString()),
            ("$bucket", query.Bucket?.ToString()), ("$most", query.Most)),
        false,
        cancellationToken);

    public ValueTask<bool> ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken) => _steps.RunAsync(
        connection =>
        {
            var old = connection.Query(
                "SELECT id FROM stripe_events WHERE received_at < $before AND state <> 'pending' ORDER BY received_at LIMIT $most",
                row => row.GetString(0), ("$before", before.ToUnixTimeMilliseconds()), ("$most", MostForgotten));
            foreach (var id in old)
                connection.Run("DELETE FROM stripe_events WHERE id = $id", ("$id", id));
            connection.Run("DELETE FROM stripe_rejects WHERE id < $before", ("$before", StripeEventTexts.FirstIdAt(before).ToString()));
            return old.Count == MostForgotten;
        },
        true,
        cancellationToken);

    private static void Insert(SqliteConnection connection, StripeReject reject)
    {
        if (reject.Bucket is not { } bucket)
        {
            Write(connection, reject);
            return;
        }

        var dead = connection.Query(
            """
            UPDATE billing_buckets SET
                id = $fresh, state = 'dead', cause = 'rejected', error = $error, generation = 1, first_attempt_at = NULL, sent_at = NULL, next_at = NULL, missing_at = NULL,
                revision = revision + 1
            WHERE id = $bucket AND state <> 'written-off' AND first_attempt_at IS NOT NULL RETURNING tenant
            """,
            row => row.GetString(0), ("$fresh", reject.Id.ToString()), ("$bucket", bucket.ToString()), ("$error", StripeEventTexts.ErrorOf(reject)));
        if (dead.Count > 0)
            Keep(connection, bucket, reject.Id);
        var (id, tenant) = OfNow(connection, bucket);
        Write(connection, reject with { Bucket = id, Tenant = tenant });
    }

    /// <summary>Keeps which bucket had an id before, and has what was told of it follow.</summary>
    private static void Keep(SqliteConnection connection, Guid old, Guid fresh)
    {
        (string, object?)[] ids = [("$old", old.ToString()), ("$fresh", fresh.ToString())];
        connection.Run("INSERT INTO billing_old_ids (id, bucket) VALUES ($old, $fresh) ON CONFLICT (id) DO UPDATE SET bucket = excluded.bucket", ids);
        connection.Run("UPDATE stripe_rejects SET bucket = $fresh WHERE bucket = $old", ids);
    }

    /// <summary>The bucket that has an id, or had it before; null = there is none.</summary>
    private static (Guid? Id, string? Tenant) OfNow(SqliteConnection connection, Guid id) => connection.Query<(Guid?, string?)>(
        """
        WITH RECURSIVE ids (id) AS (SELECT $id UNION SELECT o.bucket FROM billing_old_ids o JOIN ids ON o.id = ids.id)
        SELECT b.id, b.tenant FROM ids JOIN billing_buckets b ON b.id = ids.id
        """,
        row => (Guid.Parse(row.GetString(0)), row.GetString(1)), ("$id", id.ToString())).FirstOrDefault();

    private static void Write(SqliteConnection connection, StripeReject reject) => connection.Run(
        $"INSERT INTO stripe_rejects ({RejectColumns}) VALUES ($id, $event, $at, $meter, $from, $to, $code, $message, $count, $identifier, $bucket, $tenant)",
        ("$id", reject.Id.ToString()), ("$event", reject.Event), ("$at", reject.At.ToUnixTimeMilliseconds()), ("$meter", reject.Meter),
        ("$from", reject.From?.ToUnixTimeMilliseconds()), ("$to", reject.To?.ToUnixTimeMilliseconds()), ("$code", reject.Code), ("$message", reject.Message),
        ("$count", reject.Count), ("$identifier", reject.Identifier), ("$bucket", reject.Bucket?.ToString()), ("$tenant", reject.Tenant));

    private static StripeNotice ReadEvent(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.TextOrNull(2), row.Instant(3), row.Instant(4))
    {
        State = StripeEventTexts.StateOf(row.GetString(5)),
        Attempts = row.GetInt32(6),
        Error = row.TextOrNull(7),
    };

    private static StripeReject ReadReject(SqliteDataReader row) => new(
        Guid.Parse(row.GetString(0)), row.GetString(1), row.Instant(2), row.TextOrNull(3), InstantOrNull(row, 4), InstantOrNull(row, 5), row.GetString(6), row.GetString(7),
        row.IsDBNull(8) ? null : row.GetInt64(8), row.TextOrNull(9), row.TextOrNull(10) is { } bucket ? Guid.Parse(bucket) : null, row.TextOrNull(11));

    private static DateTimeOffset? InstantOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);
}
