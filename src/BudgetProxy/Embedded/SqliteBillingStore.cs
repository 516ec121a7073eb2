using System.Runtime.CompilerServices;
using BudgetProxy.Billing;
using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>Buckets in the embedded database. Like the directory each step takes a connection of its own and is on disk when it returns.</summary>
public sealed class SqliteBillingStore(EmbeddedDatabase database) : IBillingStore
{
    /// <summary>By the very expression of the index of a tenant's stamps.</summary>
    internal const string Verify =
        """
        UPDATE billing_buckets SET state = 'verified', missing_at = NULL, revision = revision + 1
        WHERE tenant = $tenant AND meter = $meter AND coalesce(stamp, hour) >= $from AND coalesce(stamp, hour) < $to AND state = 'sent'
            AND (customer = $customer OR customer IS NULL)
        """;

    private const int PageSize = 1_000;

    private readonly SqliteSteps _steps = new(database, "Buckets could not be read or written.");

    public ValueTask<BillingState> StateAsync(CancellationToken cancellationToken) => _steps.RunAsync(
        connection =>
        {
            var lease = connection.Query("SELECT owner, token, until FROM billing_lease", ReadLease);
            return connection.Query(
                "SELECT starts_at, wanted, finished, last_run_at, error, error_at, stopped, stopped_at FROM billing_state",
                row => new BillingState(
                    InstantOrNull(row, 0), row.GetInt64(1), row.GetInt64(2), InstantOrNull(row, 3), Note(row, 4), Note(row, 6), lease.Count == 0 ? null : lease[0]))[0];
        },
        false,
        cancellationToken);

    public async ValueTask StartAsync(DateTimeOffset? from, DateTimeOffset now, CancellationToken cancellationToken) => await _steps.RunAsync(
        connection =>
        {
            var before = connection.Query("SELECT starts_at FROM billing_state", row => InstantOrNull(row, 0))[0];
            var start = (from ?? before ?? now).ToUnixTimeMilliseconds();
            start -= start % BillingTimes.HourMilliseconds;
            if (before is null || start < before.Value.ToUnixTimeMilliseconds())
            {
                // Later hours too: corrections in them follow entries of before, which were not billed and now are.
                connection.Run("UPDATE usage_tenant_hours SET unbilled = 1 WHERE at >= $start AND NOT unbilled AND NOT prepaid", ("$start", start));
            }

            connection.Run("UPDATE billing_state SET starts_at = $start", ("$start", start));
            return true;
        },
        true,
        cancellationToken);

    public ValueTask<long> WantRunAsync(CancellationToken cancellationToken) => _steps.RunAsync(
        connection => connection.Query("UPDATE billing_state SET wanted = wanted + 1 RETURNING wanted", row => row.GetInt64(0))[0], true, cancellationToken);

    public async ValueTask EndRunAsync(long served, DateTimeOffset now, string? error, BillingLease lease, CancellationToken cancellationToken) => await _steps.RunAsync(
        connection =>
        {
            Fence(connection, lease);
            connection.Run(
                """
                UPDATE billing_state SET finished = max(finished, $served), last_run_at = $now, error = $error, error_at = CASE WHEN $error IS NULL THEN NULL ELSE $now END
                """,
                ("$served", served), ("$now", now.ToUnixTimeMilliseconds()), ("$error", BucketSql.Short(error)));
            return true;
        },
        true,
        cancellationToken);

    public async ValueTask StopAsync(string? reason, DateTimeOffset now, BillingLease lease, CancellationToken cancellationToken) => await _steps.RunAsync(
        connection =>
        {
            Fence(connection, lease);
            connection.Run(
                "UPDATE billing_state SET stopped_at = CASE WHEN $reason IS NULL THEN NULL WHEN stopped IS NULL THEN $now ELSE stopped_at END, stopped = $reason",
                ("$reason", BucketSql.Short(reason)), ("$now", now.ToUnixTimeMilliseconds()));
            return true;
        },
        true,
        cancellationToken);

    public ValueTask<BillingLease?> TakeLeaseAsync(Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken) => _steps.RunAsync(
        connection =>
        {
            var taken = connection.Query(
                """
                INSERT INTO billing_lease (one, owner, token, until) VALUES (1, $owner, 1, $until)
                ON CONFLICT (one) DO UPDATE SET
                    token = CASE WHEN billing_lease.owner = excluded.owner THEN billing_lease.token ELSE billing_lease.token + 1 END,
                    owner = excluded.owner, until = excluded.until
                WHERE billing_lease.owner = excluded.owner OR billing_lease.until <= $now
                RETURNING owner, token, until
                """,
                ReadLease, ("$owner", owner.ToString()), ("$until", until.ToUnixTimeMilliseconds()), ("$now", now.ToUnixTimeMilliseconds()));
            return taken.Count == 0 ? (BillingLease?)null : taken[0];
        },
        true,
        cancellationToken);

    public async ValueTask ReleaseLeaseAsync(BillingLease lease, CancellationToken cancellationToken) => await _steps.RunAsync(
        connection =>
        {
            connection.Run("UPDATE billing_lease SET until = 0 WHERE owner = $owner AND token = $token", ("$owner", lease.Owner.ToString()), ("$token", lease.Token));
            return true;
        },
        true,
        cancellationToken);

    public ValueTask<IReadOnlyList<Bucket>> HeadsAsync((string Tenant, string Meter)? after, int most, CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<Bucket>>(
        connection => connection.Query(
            $"""
            SELECT {BucketSql.Columns} FROM billing_buckets WHERE id IN (
                SELECT head FROM (
                    SELECT t.tenant, t.meter, coalesce(
                        (SELECT id FROM billing_buckets b WHERE b.tenant = t.tenant AND b.meter = t.meter AND state NOT IN ('pending', 'sent', 'verified')
                            AND state IN ('sending', 'unknown', 'parked') ORDER BY state = 'parked', hour, number LIMIT 1),
                        (SELECT id FROM billing_buckets b WHERE b.tenant = t.tenant AND b.meter = t.meter AND state = 'pending' ORDER BY hour, number LIMIT 1)) head
                    FROM billing_totals t WHERE (t.tenant, t.meter) > ($tenant, $meter) ORDER BY t.tenant, t.meter)
                WHERE head IS NOT NULL LIMIT $most)
            ORDER BY tenant, meter
            """,
            ReadBucket, ("$tenant", after?.Tenant ?? ""), ("$meter", after?.Meter ?? ""), ("$most", most)),
        false,
        cancellationToken);

    public async ValueTask<IReadOnlyList<Bucket>> SaveAsync(IReadOnlyList<Bucket> buckets, BillingLease lease, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => BucketSaves.Write(database, buckets, lease), cancellationToken);
        }
        catch (StoreFaultException e)
        {
            throw new StoreUnavailableException("Buckets could not be written.", e);
        }
    }

    public ValueTask<string?> LastCustomerAsync(string tenant, CancellationToken cancellationToken) => _steps.RunAsync(
        connection => connection.Query("SELECT customer FROM billing_tenants WHERE tenant = $tenant", row => row.TextOrNull(0), ("$tenant", tenant)).FirstOrDefault(),
        false,
        cancellationToken);

    public ValueTask<IReadOnlyList<UsageLeft>> LeftAsync(IReadOnlyCollection<string> tenants, DateTimeOffset from, CancellationToken cancellationToken) =>
        _steps.RunAsync<IReadOnlyList<UsageLeft>>(
            connection =>
            {
                // Of one state, and without keeping calls from writing meanwhile.
                using var snapshot = connection.BeginTransaction(deferred: true);
                return [.. tenants.Select(tenant => Left(connection, tenant, from)).Where(left => left.Hours > 0 || left.Buckets.Count > 0)];
            },
            inTransaction: false, cancellationToken);

    public async IAsyncEnumerable<Bucket> BucketsAsync(BucketFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var left = filter.Most ?? int.MaxValue;
        while (left > 0)
        {
            var page = await PageAsync(filter, Math.Min(left, PageSize), cancellationToken);
            foreach (var bucket in page)
                yield return bucket;
            if (page.Count < Math.Min(left, PageSize))
                yield break;
            left -= page.Count;
            filter = filter with { After = BucketKey.Of(page[^1]) };
        }
    }

    public ValueTask<Bucket?> FindAsync(Guid id, CancellationToken cancellationToken) => _steps.RunAsync(
        connection => connection.Query($"SELECT {BucketSql.Columns} FROM billing_buckets WHERE id = $id", ReadBucket, ("$id", id.ToString())).FirstOrDefault(),
        false,
        cancellationToken);

    public ValueTask<IReadOnlyList<BucketSum>> SumsAsync(BucketSumQuestion question, CancellationToken cancellationToken)
    {
        var time = BucketSql.Time(question.By);
        return _steps.RunAsync<IReadOnlyList<BucketSum>>(
            connection => connection.Query(
                $"""
                SELECT tenant, meter, {time} - {time} % {BillingTimes.DayMilliseconds} AS day, {SqliteStatements.SumOf("amount")},
                    sum(CASE WHEN state IN ('sent', 'verified') THEN value ELSE 0 END), sum(CASE WHEN state IN ('sent', 'verified') THEN 0 ELSE value END), count(*)
                FROM billing_buckets
                WHERE {SqliteSteps.Where((question.Tenant, "tenant = $tenant"), (question.Meter, "meter = $meter"), (question.From, $"{time} >= $from"), (question.To, $"{time} < $to"))}
                GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                """,
                row => new BucketSum(
                    row.GetString(0), row.GetString(1), row.Instant(2), row.Sum(3), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7)),
                ("$tenant", question.Tenant), ("$meter", question.Meter), ("$from", BillingTimes.Ceiling(question.From)), ("$to", BillingTimes.Ceiling(question.To))),
            false,
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<StampedSum>> StampedAsync(ReconciliationSpan span, string? tenant, string? customer, CancellationToken cancellationToken)
    {
        var time = BucketSql.Time(BucketTime.Stamp);
        return _steps.RunAsync<IReadOnlyList<StampedSum>>(
            connection => connection.Query(
                $"""
                SELECT tenant, meter, customer, {time} - {time} % {BillingTimes.DayMilliseconds}, sum(CASE WHEN state IN ('sent', 'verified') THEN value ELSE 0 END),
                    sum(CASE WHEN state IN ('sent', 'verified') THEN 0 ELSE value END)
                FROM billing_buckets
                WHERE {SqliteSteps.Where((span.From, $"{time} >= $from"), (span.To, $"{time} < $to"), (tenant, "tenant = $tenant"), (customer, "customer = $customer"))} AND state <> 'written-off'
                GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
                """,
                row => new StampedSum(row.GetString(0), row.GetString(1), row.TextOrNull(2), row.Instant(3), row.GetInt64(4), row.GetInt64(5)),
                ("$from", BillingTimes.Ceiling(span.From)), ("$to", BillingTimes.Ceiling(span.To)), ("$tenant", tenant), ("$customer", customer)),
            false,
            cancellationToken);
    }

    public ValueTask<IReadOnlyList<OpenSum>> OpenAsync(CancellationToken cancellationToken) =>
        _steps.RunAsync<IReadOnlyList<OpenSum>>(connection => Sums(connection, "TRUE", null), false, cancellationToken);

    public ValueTask<IReadOnlyList<MeterTotal>> TotalsAsync(CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<MeterTotal>>(
        connection => connection.Query(
            $"SELECT meter, {SqliteStatements.SumOf("amount")}, sum(value), sum(buckets) FROM billing_totals GROUP BY meter ORDER BY meter",
            row => new MeterTotal("", row.GetString(0), row.Sum(1), row.GetInt64(3), row.GetInt64(4))),
        false,
        cancellationToken);

    public ValueTask<bool> NoteLookAsync(Bucket bucket, CancellationToken cancellationToken) => _steps.RunAsync(
        connection => SqliteSteps.Changed(
            connection,
            """
            UPDATE billing_buckets SET state = $state, error = $error, cause = $cause, sent_at = $sent, missing_at = $missing, revision = revision + 1
            WHERE id = $id AND revision = $revision AND state IN ('sent', 'verified', 'dead')
            """,
            ("$state", BillingNames.Of(bucket.State)), ("$error", BucketSql.Short(bucket.Error)), ("$cause", BillingNames.Of(bucket.Cause)),
            ("$sent", bucket.SentAt?.ToUnixTimeMilliseconds()), ("$missing", bucket.MissingAt?.ToUnixTimeMilliseconds()), ("$id", bucket.Id.ToString()),
            ("$revision", bucket.Revision)) > 0,
        true,
        cancellationToken);

    public ValueTask<bool> RetryAsync(Guid id, CancellationToken cancellationToken) => _steps.RunAsync(
        connection => SqliteSteps.Changed(
            connection,
            """
            UPDATE billing_buckets SET
                generation = CASE WHEN state = 'unknown' THEN generation ELSE generation + 1 END, state = CASE WHEN state = 'unknown' THEN state ELSE 'pending' END,
                next_at = NULL, cause = NULL, revision = revision + 1
            WHERE id = $id AND state IN ('parked', 'dead', 'unknown')
            """,
            ("$id", id.ToString())) > 0,
        true,
        cancellationToken);

    public ValueTask<IReadOnlyList<OpenSum>> WriteOffAsync(string tenant, CancellationToken cancellationToken) => _steps.RunAsync<IReadOnlyList<OpenSum>>(
        connection =>
        {
            var given = Sums(connection, "tenant = $tenant AND state IN ('pending', 'parked', 'dead')", tenant);
            connection.Run(
                """
                UPDATE billing_buckets SET state = 'written-off', next_at = NULL, revision = revision + 1
                WHERE tenant = $tenant AND state IN ('pending', 'parked', 'dead')
                """,
                ("$tenant", tenant));
            return given;
        },
        true,
        cancellationToken);

    public ValueTask<int> VerifyAsync((string Tenant, string Meter) of, string customer, ReconciliationSpan span, CancellationToken cancellationToken) => _steps.RunAsync(
        connection => SqliteSteps.Changed(
            connection, Verify,
            ("$tenant", of.Tenant), ("$meter", of.Meter), ("$customer", customer), ("$from", BillingTimes.Ceiling(span.From)), ("$to", BillingTimes.Ceiling(span.To))),
        true,
        cancellationToken);

    private ValueTask<List<Bucket>> PageAsync(BucketFilter filter, int most, CancellationToken cancellationToken)
    {
        var time = BucketSql.Time(filter.By);
        return _steps.RunAsync(
            connection => connection.Query(
                $"""
                SELECT {BucketSql.Columns} FROM billing_buckets
                WHERE {SqliteSteps.Where(
                    (filter.Tenant, "tenant = $tenant"), (filter.Meter, "meter = $meter"), (filter.State, filter.State is { } state ? BucketSql.Where(state) : ""), (filter.From, $"{time} >= $from"),
                    (filter.To, $"{time} < $to"), (filter.Customer, "customer = $customer"), (filter.After, "(tenant, meter, hour, number) > ($afterTenant, $afterMeter, $afterHour, $afterNumber)"))}
                ORDER BY tenant, meter, hour, number LIMIT $most
                """,
                ReadBucket, ("$tenant", filter.Tenant), ("$meter", filter.Meter), ("$customer", filter.Customer), ("$from", BillingTimes.Ceiling(filter.From)), ("$to", BillingTimes.Ceiling(filter.To)), ("$afterTenant", filter.After?.Tenant),
                ("$afterMeter", filter.After?.Meter), ("$afterHour", filter.After?.Hour.ToUnixTimeMilliseconds()), ("$afterNumber", filter.After?.Number),
                ("$most", most)),
            false,
            cancellationToken);
    }

    private static UsageLeft Left(SqliteConnection connection, string tenant, DateTimeOffset from)
    {
        var (hours, charged) = connection.Query(
            $"SELECT count(*), {SqliteStatements.SumOf("charged")} FROM usage_tenant_hours WHERE unbilled AND NOT prepaid AND tenant = $tenant AND at >= $from", row => (row.GetInt64(0), row.Sum(1)),
            ("$tenant", tenant), ("$from", from.ToUnixTimeMilliseconds()))[0];
        var buckets = Sums(connection, "tenant = $tenant AND state <> 'written-off'", tenant);
        if (hours == 0 && buckets.Count == 0)
            return new UsageLeft(tenant, 0, NanoUsd.Zero, [], null, []);
        return new UsageLeft(
            tenant, hours, charged, buckets,
            connection.Query("SELECT customer FROM billing_tenants WHERE tenant = $tenant", row => row.TextOrNull(0), ("$tenant", tenant)).FirstOrDefault(),
            connection.Query(
                """
                SELECT DISTINCT customer FROM billing_buckets
                WHERE tenant = $tenant AND state NOT IN ('pending', 'sent', 'verified') AND state <> 'written-off' AND customer IS NOT NULL ORDER BY customer
                """,
                row => row.GetString(0), ("$tenant", tenant)));
    }

    private static List<OpenSum> Sums(SqliteConnection connection, string condition, string? tenant) => connection.Query(
        $"""
        SELECT tenant, meter, state, cause, count(*), {SqliteStatements.SumOf("amount")}, sum(value), min(cut_at), max(error) FROM (
            SELECT tenant, meter, state, cause, amount, value, cut_at, error FROM billing_buckets WHERE state = 'pending' AND {condition}
            UNION ALL
            SELECT tenant, meter, state, cause, amount, value, cut_at, error FROM billing_buckets WHERE state NOT IN ('pending', 'sent', 'verified') AND {condition})
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """,
        row => new OpenSum(
            row.GetString(0), row.GetString(1), BillingNames.State(row.GetString(2)), BillingNames.Cause(row.TextOrNull(3)), row.GetInt64(4),
            row.Sum(5), row.GetInt64(7), row.Instant(8), row.TextOrNull(9)),
        ("$tenant", tenant));

    private static Bucket ReadBucket(SqliteDataReader row) => new()
    {
        Id = Guid.Parse(row.GetString(0)),
        Tenant = row.GetString(1),
        Meter = row.GetString(2),
        Hour = row.Instant(3),
        Number = row.GetInt32(4),
        Amount = new NanoUsd(row.GetInt64(5)),
        Value = row.GetInt64(6),
        CutAt = row.Instant(7),
        State = BillingNames.State(row.GetString(8)),
        Customer = row.TextOrNull(9),
        Stamp = InstantOrNull(row, 10),
        Attempts = row.GetInt32(11),
        Generation = row.GetInt32(12),
        FirstAttemptAt = InstantOrNull(row, 13),
        LastAttemptAt = InstantOrNull(row, 14),
        NextAt = InstantOrNull(row, 15),
        SentAt = InstantOrNull(row, 16),
        Error = row.TextOrNull(17),
        Cause = BillingNames.Cause(row.TextOrNull(18)),
        Revision = row.GetInt64(19),
        MissingAt = InstantOrNull(row, 20),
    };

    private static BillingLease ReadLease(SqliteDataReader row) => new(Guid.Parse(row.GetString(0)), row.GetInt64(1), row.Instant(2));

    private static DateTimeOffset? InstantOrNull(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.Instant(column);

    private static (string Text, DateTimeOffset At)? Note(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : (row.GetString(column), row.Instant(column + 1));

    private static void Fence(SqliteConnection connection, BillingLease lease)
    {
        if (connection.Query("SELECT 1 FROM billing_lease WHERE owner = $owner AND token = $token", row => true, ("$owner", lease.Owner.ToString()), ("$token", lease.Token)).Count == 0)
            throw new LeaseLostException();
    }
}
