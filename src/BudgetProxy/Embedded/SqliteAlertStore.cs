using BudgetProxy.Alerts;
using BudgetProxy.Core.Money;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>Alerts in the embedded database. Like the directory each step takes a connection of its own and is on disk when it returns.</summary>
public sealed class SqliteAlertStore(EmbeddedDatabase database) : IAlertStore
{
    private const string WebhookColumns = "name, url, events, tenants, enabled, secret, old_secret, old_until, created_at, disabled_because";
    private const string AlertColumns = "a.id, a.kind, a.tenant, a.summary, a.at, a.body";
    private const string DeliveryColumns = $"{AlertColumns}, d.id, d.target, d.state, d.attempts, d.next_at, d.ended_at";
    private const string Deliveries = "alert_deliveries d JOIN alerts a ON a.id = d.alert";
    private const int MostForgotten = 500;

    private readonly SqliteSteps _steps = new(database, "Alerts could not be read or written.");

    public ValueTask<IReadOnlyList<Webhook>> WebhooksAsync(CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<Webhook>>(Webhooks, false, cancellationToken);

    public ValueTask<bool> SaveAsync(Webhook webhook, CancellationToken cancellationToken) => _steps.RunAsync(
        connection =>
        {
            if (connection.Query("SELECT count(*) FROM webhooks WHERE name <> $name", row => row.GetInt64(0), ("$name", webhook.Name))[0] >= Webhook.Most)
                return false;
            connection.Run(
                $"""
                INSERT INTO webhooks ({WebhookColumns}) VALUES ($name, $url, $events, $tenants, $enabled, $secret, $old, $oldUntil, $created, $because)
                ON CONFLICT (name) DO UPDATE SET
                    url = excluded.url, events = excluded.events, tenants = excluded.tenants, enabled = excluded.enabled,
                    disabled_because = excluded.disabled_because
                """,
                ("$name", webhook.Name), ("$url", webhook.Url), ("$events", AlertTexts.Json(webhook.Events)), ("$tenants", AlertTexts.Json(webhook.Tenants)),
                ("$enabled", webhook.Enabled), ("$secret", webhook.Secret), ("$old", webhook.OldSecret),
                ("$oldUntil", webhook.OldUntil?.ToUnixTimeMilliseconds()), ("$created", webhook.CreatedAt.ToUnixTimeMilliseconds()),
                ("$because", webhook.DisabledBecause));
            return true;
        },
        true,
        cancellationToken);

    public ValueTask<bool> RenewAsync(string name, string secret, DateTimeOffset oldUntil, CancellationToken cancellationToken) => _steps.RunAsync(
        connection => SqliteSteps.Changed(
            connection, "UPDATE webhooks SET old_secret = secret, old_until = $until, secret = $secret WHERE name = $name",
            ("$name", name), ("$secret", secret), ("$until", oldUntil.ToUnixTimeMilliseconds())) > 0,
        true,
        cancellationToken);

    public ValueTask<bool> RemoveAsync(string name, CancellationToken cancellationToken) => _steps.RunAsync(
        connection =>
        {
            if (SqliteSteps.Changed(connection, "DELETE FROM webhooks WHERE name = $name", ("$name", name)) == 0)
                return false;
            connection.Run("UPDATE alert_deliveries SET state = 'dropped', owner = NULL WHERE target = $name AND state = 'pending'", ("$name", name));
            return true;
        },
        true,
        cancellationToken);

    public async ValueTask DisableAsync(string name, string url, string because, CancellationToken cancellationToken) => await _steps.RunAsync(
        connection => SqliteSteps.Changed(
            connection, "UPDATE webhooks SET enabled = 0, disabled_because = $because WHERE name = $name AND url = $url AND enabled",
            ("$name", name), ("$url", url), ("$because", because)),
        true,
        cancellationToken);

    public ValueTask<IReadOnlyList<Guid>> RaiseAsync(
        IReadOnlyList<AlertCandidate> candidates, bool mailToo, DateTimeOffset now, CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<Guid>>(
        connection =>
        {
            var webhooks = Webhooks(connection);
            var raised = new List<Guid>();
            foreach (var (alert, mark) in candidates)
            {
                var rings = SqliteSteps.Changed(
                    connection,
                    """
                    INSERT INTO alert_marks (key, until) VALUES ($key, $until)
                    ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE alert_marks.until <= $now
                    """,
                    ("$key", mark.Key), ("$until", mark.Until?.ToUnixTimeMilliseconds()), ("$now", now.ToUnixTimeMilliseconds()));
                if (rings == 0)
                    continue;
                raised.Add(alert.Id);
                connection.Run(
                    "INSERT INTO alerts (id, kind, tenant, summary, at, body) VALUES ($id, $kind, $tenant, $summary, $at, $body)",
                    ("$id", alert.Id.ToString()), ("$kind", alert.Kind), ("$tenant", alert.Tenant), ("$summary", alert.Summary),
                    ("$at", alert.At.ToUnixTimeMilliseconds()), ("$body", alert.Body));
                foreach (var target in AlertTargets.Of(alert, webhooks, mailToo))
                {
                    connection.Run(
                        "INSERT INTO alert_deliveries (id, alert, target, state, attempts, next_at) VALUES ($id, $alert, $target, 'pending', '[]', $now)",
                        ("$id", AlertIds.OfDelivery(alert.Id).ToString()), ("$alert", alert.Id.ToString()), ("$target", target), ("$now", now.ToUnixTimeMilliseconds()));
                }
            }

            return raised;
        },
        true,
        cancellationToken);

    public ValueTask<IReadOnlyList<string>> DueAsync(DateTimeOffset now, CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<string>>(
        connection => connection.Query(
            """
            SELECT r.name FROM (SELECT name FROM webhooks WHERE enabled UNION ALL SELECT '@smtp') r
            WHERE EXISTS (SELECT 1 FROM alert_deliveries WHERE target = r.name AND state = 'pending' AND next_at <= $now AND owned_until <= $now)
            """,
            row => row.GetString(0), ("$now", now.ToUnixTimeMilliseconds())),
        false,
        cancellationToken);

    public ValueTask<IReadOnlyList<Delivery>> ClaimAsync(
        string target, int most, Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<Delivery>>(
        connection =>
        {
            var claimed = connection.Query(
                """
                UPDATE alert_deliveries SET owner = $owner, owned_until = $until
                WHERE id IN (
                    SELECT id FROM alert_deliveries WHERE target = $target AND state = 'pending' AND next_at <= $now AND owned_until <= $now
                    ORDER BY next_at, id LIMIT $most)
                RETURNING id
                """,
                row => row.GetString(0),
                ("$owner", owner.ToString()), ("$until", until.ToUnixTimeMilliseconds()), ("$target", target), ("$now", now.ToUnixTimeMilliseconds()), ("$most", most));
            return [.. claimed.Select(id => connection.Query($"SELECT {DeliveryColumns} FROM {Deliveries} WHERE d.id = $id", ReadDelivery, ("$id", id))[0])];
        },
        true,
        cancellationToken);

    public async ValueTask EndAttemptAsync(Delivery delivery, Guid owner, CancellationToken cancellationToken) => await _steps.RunAsync(
        connection => SqliteSteps.Changed(
            connection,
            """
            UPDATE alert_deliveries SET state = $state, attempts = $attempts, next_at = $next, ended_at = $ended, owner = NULL, owned_until = 0
            WHERE id = $id AND owner = $owner AND state = 'pending'
            """,
            ("$state", AlertTexts.Name(delivery.State)), ("$attempts", AlertTexts.Json(delivery.Attempts)), ("$next", delivery.NextAt.ToUnixTimeMilliseconds()),
            ("$ended", delivery.EndedAt?.ToUnixTimeMilliseconds()), ("$id", delivery.Id.ToString()), ("$owner", owner.ToString())),
        true,
        cancellationToken);

    public ValueTask<bool> RetryAsync(Guid delivery, DateTimeOffset now, CancellationToken cancellationToken) => _steps.RunAsync(
        connection => SqliteSteps.Changed(
            connection,
            """
            UPDATE alert_deliveries SET state = 'pending', attempts = '[]', next_at = $now, ended_at = NULL, owner = NULL, owned_until = 0
            WHERE id = $id AND state IN ('pending', 'failed')
            """,
            ("$id", delivery.ToString()), ("$now", now.ToUnixTimeMilliseconds())) > 0,
        true,
        cancellationToken);

    public ValueTask<IReadOnlyList<Alert>> AlertsAsync(AlertQuery query, CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<Alert>>(
        connection => connection.Query(
            $"""
            SELECT {AlertColumns} FROM alerts a
            WHERE {SqliteSteps.Where((query.Tenant, "a.tenant = $tenant"), (query.Kind, "a.kind = $kind"), (query.After, "a.id < $after"))}
            ORDER BY a.id DESC LIMIT $most
            """,
            ReadAlert, ("$tenant", query.Tenant), ("$kind", query.Kind), ("$after", query.After?.ToString()), ("$most", query.Most)),
        false,
        cancellationToken);

    public ValueTask<IReadOnlyList<Delivery>> DeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<Delivery>>(
        connection => connection.Query(
            $"""
            SELECT {DeliveryColumns} FROM {Deliveries}
            WHERE {SqliteSteps.Where((query.Target, "d.target = $target"), (query.State, "d.state = $state"), (query.After, "d.id < $after"))}
            ORDER BY d.id DESC LIMIT $most
            """,
            ReadDelivery, ("$target", query.Target), ("$state", query.State is { } state ? AlertTexts.Name(state) : null),
            ("$after", query.After?.ToString()), ("$most", query.Most)),
        false,
        cancellationToken);

    public ValueTask<long> BacklogAsync(CancellationToken cancellationToken) => _steps.RunAsync(
        connection => connection.Query("SELECT count(*) FROM alert_deliveries WHERE state = 'pending'", row => row.GetInt64(0))[0], false, cancellationToken);

    public ValueTask<bool> TakeLeaseAsync(string name, Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => _steps.RunAsync(
        connection => SqliteSteps.Changed(
            connection,
            """
            INSERT INTO alert_leases (name, owner, until) VALUES ($name, $owner, $until)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE alert_leases.owner = $owner OR alert_leases.until <= $now
            """,
            ("$name", name), ("$owner", owner.ToString()), ("$until", until.ToUnixTimeMilliseconds()), ("$now", now.ToUnixTimeMilliseconds())) > 0,
        true,
        cancellationToken);

    public ValueTask<IReadOnlyList<TenantPeak>> PeaksAsync(int fromDay, CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<TenantPeak>>(
        connection => connection.Query(
            "SELECT tenant, day, peak, since FROM alert_peaks WHERE day >= $day",
            row => new TenantPeak(row.GetString(0), row.GetInt32(1), new NanoUsd(row.GetInt64(2)), row.Instant(3)), ("$day", fromDay)),
        false,
        cancellationToken);

    public async ValueTask SavePeaksAsync(IReadOnlyList<TenantPeak> peaks, CancellationToken cancellationToken) => await _steps.RunAsync(
        connection =>
        {
            foreach (var peak in peaks)
            {
                connection.Run(
                    """
                    INSERT INTO alert_peaks (tenant, day, peak, since) VALUES ($tenant, $day, $peak, $since)
                    ON CONFLICT (tenant, day) DO UPDATE SET peak = max(alert_peaks.peak, excluded.peak)
                    """,
                    ("$tenant", peak.Tenant), ("$day", peak.Day), ("$peak", peak.Peak.Value), ("$since", peak.Since.ToUnixTimeMilliseconds()));
            }

            return true;
        },
        true,
        cancellationToken);

    public ValueTask<bool> ForgetAsync(DateTimeOffset alertsBefore, DateTimeOffset marksBefore, int peaksBeforeDay, CancellationToken cancellationToken) => _steps.RunAsync(
        connection =>
        {
            var alerts = SqliteSteps.Changed(
                connection, "DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE id < $first ORDER BY id LIMIT $most)",
                ("$first", AlertTargets.FirstId(alertsBefore).ToString()), ("$most", MostForgotten));
            var marks = SqliteSteps.Changed(
                connection, "DELETE FROM alert_marks WHERE key IN (SELECT key FROM alert_marks WHERE until < $before LIMIT $most)",
                ("$before", marksBefore.ToUnixTimeMilliseconds()), ("$most", MostForgotten));
            connection.Run("DELETE FROM alert_peaks WHERE day < $day", ("$day", peaksBeforeDay));
            return alerts == MostForgotten || marks == MostForgotten;
        },
        true,
        cancellationToken);

    private static List<Webhook> Webhooks(SqliteConnection connection) => connection.Query(
        $"SELECT {WebhookColumns} FROM webhooks ORDER BY name",
        row => new Webhook
        {
            Name = row.GetString(0),
            Url = row.GetString(1),
            Events = AlertTexts.Texts(row.GetString(2)),
            Tenants = AlertTexts.Texts(row.GetString(3)),
            Enabled = row.GetBoolean(4),
            Secret = row.GetString(5),
            OldSecret = row.TextOrNull(6),
            OldUntil = row.IsDBNull(7) ? null : row.Instant(7),
            CreatedAt = row.Instant(8),
            DisabledBecause = row.TextOrNull(9),
        });

    private static Alert ReadAlert(SqliteDataReader row) => new(
        Guid.Parse(row.GetString(0)), row.GetString(1), row.TextOrNull(2), row.GetString(3), row.Instant(4), row.GetString(5));

    private static Delivery ReadDelivery(SqliteDataReader row) => new()
    {
        Alert = ReadAlert(row),
        Id = Guid.Parse(row.GetString(6)),
        Target = row.GetString(7),
        State = AlertTexts.State(row.GetString(8)),
        Attempts = AlertTexts.Attempts(row.GetString(9)),
        NextAt = row.Instant(10),
        EndedAt = row.IsDBNull(11) ? null : row.Instant(11),
    };
}
