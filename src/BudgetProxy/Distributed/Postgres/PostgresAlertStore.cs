using BudgetProxy.Alerts;
using BudgetProxy.Core.Money;
using Npgsql;
using NpgsqlTypes;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Alerts in the database that all proxies share: whichever finds something first raises it, and whichever claims a delivery makes it.</summary>
public sealed class PostgresAlertStore(PostgresDatabase database) : IAlertStore
{
    private const string WebhookColumns = "name, url, events, tenants, enabled, secret, old_secret, old_until, created_at, disabled_because";
    private const string AlertColumns = "a.id, a.kind, a.tenant, a.summary, a.at, a.body";
    private const string DeliveryColumns = $"{AlertColumns}, d.id, d.target, d.state, d.attempts, d.next_at, d.ended_at";
    private const string Deliveries = "alert_deliveries d JOIN alerts a ON a.id = d.alert";
    private const int MostForgotten = 1_000;

    public async ValueTask<IReadOnlyList<Webhook>> WebhooksAsync(CancellationToken cancellationToken) => await database.ReadAsync(
        connection => WebhooksAsync(connection, cancellationToken), cancellationToken);

    public async ValueTask<bool> SaveAsync(Webhook webhook, CancellationToken cancellationToken) => await WriteAsync(
        $"""
        INSERT INTO webhooks ({WebhookColumns})
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE (SELECT count(*) FROM webhooks WHERE name <> $1) < {Webhook.Most}
        ON CONFLICT (name) DO UPDATE SET
            url = excluded.url, events = excluded.events, tenants = excluded.tenants, enabled = excluded.enabled, disabled_because = excluded.disabled_because
        """,
        cancellationToken, webhook.Name, webhook.Url, AlertTexts.Json(webhook.Events), AlertTexts.Json(webhook.Tenants), webhook.Enabled, webhook.Secret,
        Text(webhook.OldSecret), Number(webhook.OldUntil?.ToUnixTimeMilliseconds()), webhook.CreatedAt.ToUnixTimeMilliseconds(), Text(webhook.DisabledBecause)) > 0;

    public async ValueTask<bool> RenewAsync(string name, string secret, DateTimeOffset oldUntil, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE webhooks SET old_secret = secret, old_until = $3, secret = $2 WHERE name = $1", cancellationToken, name, secret, oldUntil.ToUnixTimeMilliseconds()) > 0;

    public async ValueTask<bool> RemoveAsync(string name, CancellationToken cancellationToken) => await TransactAsync(
        async connection =>
        {
            if (await connection.RunAsync("DELETE FROM webhooks WHERE name = $1", cancellationToken, name) == 0)
                return false;
            await connection.RunAsync("UPDATE alert_deliveries SET state = 'dropped', owner = NULL WHERE target = $1 AND state = 'pending'", cancellationToken, name);
            return true;
        },
        cancellationToken);

    public async ValueTask DisableAsync(string name, string url, string because, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE webhooks SET enabled = false, disabled_because = $3 WHERE name = $1 AND url = $2 AND enabled", cancellationToken, name, url, because);

    public async ValueTask<IReadOnlyList<Guid>> RaiseAsync(
        IReadOnlyList<AlertCandidate> candidates, bool mailToo, DateTimeOffset now, CancellationToken cancellationToken) =>
        await TransactAsync<IReadOnlyList<Guid>>(
            async connection =>
            {
                var webhooks = await WebhooksAsync(connection, cancellationToken);
                var raised = new List<Guid>();
                // In the order of keys, so that two proxies that raise the same never wait for each other in a circle.
                foreach (var (alert, mark) in candidates.OrderBy(candidate => candidate.Mark.Key, StringComparer.Ordinal))
                {
                    if (await RingsAsync(connection, mark, now, cancellationToken))
                    {
                        await InsertAsync(connection, alert, AlertTargets.Of(alert, webhooks, mailToo), now, cancellationToken);
                        raised.Add(alert.Id);
                    }
                }

                return raised;
            },
            cancellationToken);

    public async ValueTask<IReadOnlyList<string>> DueAsync(DateTimeOffset now, CancellationToken cancellationToken) => await QueryAsync(
        """
        SELECT r.name FROM (SELECT name FROM webhooks WHERE enabled UNION ALL SELECT '@smtp') r
        WHERE EXISTS (SELECT 1 FROM alert_deliveries WHERE target = r.name AND state = 'pending' AND next_at <= $1 AND owned_until <= $1)
        """,
        row => row.GetString(0), cancellationToken, now.ToUnixTimeMilliseconds());

    public async ValueTask<IReadOnlyList<Delivery>> ClaimAsync(
        string target, int most, Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => await database.WriteAsync(
        connection => connection.RowsAsync(
            $"""
            UPDATE alert_deliveries d SET owner = $2, owned_until = $4 FROM alerts a
            WHERE a.id = d.alert AND d.id IN (
                SELECT id FROM alert_deliveries WHERE target = $1 AND state = 'pending' AND next_at <= $3 AND owned_until <= $3
                ORDER BY next_at, id LIMIT $5 FOR UPDATE SKIP LOCKED)
            RETURNING {DeliveryColumns}
            """,
            ReadDelivery, cancellationToken, target, owner, now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds(), most),
        cancellationToken);

    public async ValueTask EndAttemptAsync(Delivery delivery, Guid owner, CancellationToken cancellationToken) => await WriteAsync(
        """
        UPDATE alert_deliveries SET state = $3, attempts = $4, next_at = $5, ended_at = $6, owner = NULL, owned_until = 0
        WHERE id = $1 AND owner = $2 AND state = 'pending'
        """,
        cancellationToken, delivery.Id, owner, AlertTexts.Name(delivery.State), AlertTexts.Json(delivery.Attempts), delivery.NextAt.ToUnixTimeMilliseconds(),
        Number(delivery.EndedAt?.ToUnixTimeMilliseconds()));

    public async ValueTask<bool> RetryAsync(Guid delivery, DateTimeOffset now, CancellationToken cancellationToken) => await WriteAsync(
        """
        UPDATE alert_deliveries SET state = 'pending', attempts = '[]', next_at = $2, ended_at = NULL, owner = NULL, owned_until = 0
        WHERE id = $1 AND state IN ('pending', 'failed')
        """,
        cancellationToken, delivery, now.ToUnixTimeMilliseconds()) > 0;

    public async ValueTask<IReadOnlyList<Alert>> AlertsAsync(AlertQuery query, CancellationToken cancellationToken) => await QueryAsync(
        $"""
        SELECT {AlertColumns} FROM alerts a
        WHERE ($1::text IS NULL OR a.tenant = $1) AND ($2::text IS NULL OR a.kind = $2) AND ($3::uuid IS NULL OR a.id < $3)
        ORDER BY a.id DESC LIMIT $4
        """,
        ReadAlert, cancellationToken, Text(query.Tenant), Text(query.Kind), Id(query.After), query.Most);

    public async ValueTask<IReadOnlyList<Delivery>> DeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken) => await QueryAsync(
        $"""
        SELECT {DeliveryColumns} FROM {Deliveries}
        WHERE ($1::text IS NULL OR d.target = $1) AND ($2::text IS NULL OR d.state = $2) AND ($3::uuid IS NULL OR d.id < $3)
        ORDER BY d.id DESC LIMIT $4
        """,
        ReadDelivery, cancellationToken, Text(query.Target), Text(query.State is { } state ? AlertTexts.Name(state) : null), Id(query.After), query.Most);

    public async ValueTask<long> BacklogAsync(CancellationToken cancellationToken) => (await QueryAsync(
        "SELECT count(*) FROM alert_deliveries WHERE state = 'pending'", row => row.GetInt64(0), cancellationToken))[0];

    public async ValueTask<bool> TakeLeaseAsync(string name, Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) =>
        await WriteAsync(
            """
            INSERT INTO alert_leases (name, owner, until) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE alert_leases.owner = $2 OR alert_leases.until <= $4
            """,
            cancellationToken, name, owner, until.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds()) > 0;

    public async ValueTask<IReadOnlyList<TenantPeak>> PeaksAsync(int fromDay, CancellationToken cancellationToken) => await QueryAsync(
        "SELECT tenant, day, peak, since FROM alert_peaks WHERE day >= $1",
        row => new TenantPeak(row.GetString(0), row.GetInt32(1), new NanoUsd(row.GetInt64(2)), Instants.Of(row.GetInt64(3))), cancellationToken, fromDay);

    public async ValueTask SavePeaksAsync(IReadOnlyList<TenantPeak> peaks, CancellationToken cancellationToken) => await WriteAsync(
        """
        INSERT INTO alert_peaks (tenant, day, peak, since) SELECT * FROM unnest($1, $2, $3, $4)
        ON CONFLICT (tenant, day) DO UPDATE SET peak = greatest(alert_peaks.peak, excluded.peak)
        """,
        cancellationToken, peaks.Select(peak => peak.Tenant).ToArray(), peaks.Select(peak => peak.Day).ToArray(),
        peaks.Select(peak => peak.Peak.Value).ToArray(), peaks.Select(peak => peak.Since.ToUnixTimeMilliseconds()).ToArray());

    public async ValueTask<bool> ForgetAsync(DateTimeOffset alertsBefore, DateTimeOffset marksBefore, int peaksBeforeDay, CancellationToken cancellationToken)
    {
        var alerts = await WriteAsync(
            $"DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE id < $1 ORDER BY id LIMIT {MostForgotten})", cancellationToken,
            AlertTargets.FirstId(alertsBefore));
        var marks = await WriteAsync(
            $"DELETE FROM alert_marks WHERE key IN (SELECT key FROM alert_marks WHERE until < $1 LIMIT {MostForgotten})", cancellationToken,
            marksBefore.ToUnixTimeMilliseconds());
        await WriteAsync("DELETE FROM alert_peaks WHERE day < $1", cancellationToken, peaksBeforeDay);
        return alerts == MostForgotten || marks == MostForgotten;
    }

    private static async Task<bool> RingsAsync(NpgsqlConnection connection, AlertMark mark, DateTimeOffset now, CancellationToken cancellationToken) =>
        await connection.RunAsync(
            """
            INSERT INTO alert_marks (key, until) VALUES ($1, $2)
            ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE alert_marks.until <= $3
            """,
            cancellationToken, mark.Key, Number(mark.Until?.ToUnixTimeMilliseconds()), now.ToUnixTimeMilliseconds()) > 0;

    private static async Task InsertAsync(
        NpgsqlConnection connection, Alert alert, IEnumerable<string> targets, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await connection.RunAsync("INSERT INTO alerts (id, kind, tenant, summary, at, body) VALUES ($1, $2, $3, $4, $5, $6)", cancellationToken,
            alert.Id, alert.Kind, Text(LedgerTexts.Clean(alert.Tenant)), LedgerTexts.Clean(alert.Summary), alert.At.ToUnixTimeMilliseconds(), alert.Body);
        foreach (var target in targets)
        {
            await connection.RunAsync("INSERT INTO alert_deliveries (id, alert, target, state, attempts, next_at) VALUES ($1, $2, $3, 'pending', '[]', $4)",
                cancellationToken, AlertIds.OfDelivery(alert.Id), alert.Id, target, now.ToUnixTimeMilliseconds());
        }
    }

    private static async Task<IReadOnlyList<Webhook>> WebhooksAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => await connection.RowsAsync(
        $"SELECT {WebhookColumns} FROM webhooks ORDER BY name",
        row => new Webhook
        {
            Name = row.GetString(0),
            Url = row.GetString(1),
            Events = AlertTexts.Texts(row.GetString(2)),
            Tenants = AlertTexts.Texts(row.GetString(3)),
            Enabled = row.GetBoolean(4),
            Secret = row.GetString(5),
            OldSecret = row.IsDBNull(6) ? null : row.GetString(6),
            OldUntil = row.IsDBNull(7) ? null : Instants.Of(row.GetInt64(7)),
            CreatedAt = Instants.Of(row.GetInt64(8)),
            DisabledBecause = row.IsDBNull(9) ? null : row.GetString(9),
        },
        cancellationToken);

    private static Alert ReadAlert(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetString(3), Instants.Of(row.GetInt64(4)), row.GetString(5));

    private static Delivery ReadDelivery(NpgsqlDataReader row) => new()
    {
        Alert = ReadAlert(row),
        Id = row.GetGuid(6),
        Target = row.GetString(7),
        State = AlertTexts.State(row.GetString(8)),
        Attempts = AlertTexts.Attempts(row.GetString(9)),
        NextAt = Instants.Of(row.GetInt64(10)),
        EndedAt = row.IsDBNull(11) ? null : Instants.Of(row.GetInt64(11)),
    };

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Number(long? number) => new() { Value = (object?)number ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };

    private static NpgsqlParameter Id(Guid? id) => new() { Value = (object?)id ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values) =>
        database.ReadAsync(connection => connection.RowsAsync(sql, read, cancellationToken, values), cancellationToken);

    private Task<int> WriteAsync(string sql, CancellationToken cancellationToken, params object[] values) =>
        database.WriteAsync(connection => connection.RunAsync(sql, cancellationToken, values), cancellationToken);

    private Task<T> TransactAsync<T>(Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var result = await work(connection);
            await transaction.CommitAsync(cancellationToken);
            return result;
        },
        cancellationToken);
}
