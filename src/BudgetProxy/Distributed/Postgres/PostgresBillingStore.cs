using System.Data;
using System.Runtime.CompilerServices;
using BudgetProxy.Billing;
using BudgetProxy.Core.Money;
using Npgsql;
using NpgsqlTypes;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Buckets in the database that all proxies share. The row of the lease is held to the end of each transaction that goes by it.</summary>
public sealed class PostgresBillingStore(PostgresDatabase database) : IBillingStore
{
    /// <summary>By the very expression of the index of a tenant's stamps.</summary>
    internal const string Verify =
        """
        UPDATE billing_buckets SET state = 'verified', missing_at = NULL, revision = revision + 1
        WHERE tenant = $1 AND meter = $2 AND coalesce(stamp, hour) >= $3 AND coalesce(stamp, hour) < $4 AND state = 'sent'
            AND (customer = $5 OR customer IS NULL)
        """;

    private const int PageSize = 1_000;

    /// <summary>The first look at hours of before can take longer than a write otherwise may.</summary>
    private const int StartSeconds = 300;

    public async ValueTask<BillingState> StateAsync(CancellationToken cancellationToken)
    {
        var leases = await QueryAsync("SELECT owner, token, until FROM billing_lease", ReadLease, cancellationToken);
        return (await QueryAsync(
            "SELECT starts_at, wanted, finished, last_run_at, error, error_at, stopped, stopped_at FROM billing_state",
            row => new BillingState(
                InstantOrNull(row, 0), row.GetInt64(1), row.GetInt64(2), InstantOrNull(row, 3), Note(row, 4), Note(row, 6), leases.Count == 0 ? null : leases[0]),
            cancellationToken))[0];
    }

    public async ValueTask StartAsync(DateTimeOffset? from, DateTimeOffset now, CancellationToken cancellationToken) => await TransactAsync(
        async connection =>
        {
            var before = (await connection.RowsAsync("SELECT starts_at FROM billing_state FOR UPDATE", row => InstantOrNull(row, 0), cancellationToken))[0];
            var start = BillingTimes.HourOf(from ?? before ?? now);
            if (before is null || start < before)
            {
                // Later hours too: corrections in them follow entries of before, which were not billed and now are.
                await using var mark = connection.Statement(
                    "UPDATE usage_tenant_hours SET unbilled = true WHERE at >= $1 AND NOT unbilled AND NOT prepaid", start.ToUnixTimeMilliseconds());
                mark.CommandTimeout = StartSeconds;
                await mark.ExecuteNonQueryAsync(cancellationToken);
            }

            return await connection.RunAsync("UPDATE billing_state SET starts_at = $1", cancellationToken, start.ToUnixTimeMilliseconds());
        },
        cancellationToken);

    public async ValueTask<long> WantRunAsync(CancellationToken cancellationToken) => (await database.WriteAsync(
        connection => connection.RowsAsync("UPDATE billing_state SET wanted = wanted + 1 RETURNING wanted", row => row.GetInt64(0), cancellationToken),
        cancellationToken))[0];

    public async ValueTask EndRunAsync(long served, DateTimeOffset now, string? error, BillingLease lease, CancellationToken cancellationToken) =>
        await FencedAsync(
            lease,
            connection => connection.RunAsync(
                "UPDATE billing_state SET finished = greatest(finished, $1), last_run_at = $2, error = $3, error_at = CASE WHEN $3 IS NULL THEN NULL ELSE $2 END",
                cancellationToken, served, now.ToUnixTimeMilliseconds(), Text(error)),
            cancellationToken);

    public async ValueTask StopAsync(string? reason, DateTimeOffset now, BillingLease lease, CancellationToken cancellationToken) => await FencedAsync(
        lease,
        connection => connection.RunAsync(
            "UPDATE billing_state SET stopped_at = CASE WHEN $1 IS NULL THEN NULL WHEN stopped IS NULL THEN $2 ELSE stopped_at END, stopped = $1",
            cancellationToken, Text(reason), now.ToUnixTimeMilliseconds()),
        cancellationToken);

    public async ValueTask<BillingLease?> TakeLeaseAsync(Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var taken = await database.WriteAsync(
            connection => connection.RowsAsync(
                """
                INSERT INTO billing_lease (one, owner, token, until) VALUES (1, $1, 1, $2)
                ON CONFLICT (one) DO UPDATE SET
                    token = CASE WHEN billing_lease.owner = excluded.owner THEN billing_lease.token ELSE billing_lease.token + 1 END,
                    owner = excluded.owner, until = excluded.until
                WHERE billing_lease.owner = excluded.owner OR billing_lease.until <= $3
                RETURNING owner, token, until
                """,
                ReadLease, cancellationToken, owner, until.ToUnixTimeMilliseconds(), now.ToUnixTimeMilliseconds()),
            cancellationToken);
        return taken.Count == 0 ? null : taken[0];
    }

    public async ValueTask ReleaseLeaseAsync(BillingLease lease, CancellationToken cancellationToken) => await database.WriteAsync(
        connection => connection.RunAsync("UPDATE billing_lease SET until = 0 WHERE owner = $1 AND token = $2", cancellationToken, lease.Owner, lease.Token),
        cancellationToken);

    public async ValueTask<IReadOnlyList<Bucket>> HeadsAsync((string Tenant, string Meter)? after, int most, CancellationToken cancellationToken) => await QueryAsync(
        $"""
        SELECT {BucketSql.Columns} FROM billing_buckets WHERE id IN (
            SELECT head FROM (
                SELECT coalesce(
                    (SELECT id FROM billing_buckets b WHERE b.tenant = t.tenant AND b.meter = t.meter AND state NOT IN ('pending', 'sent', 'verified')
                        AND state IN ('sending', 'unknown', 'parked') ORDER BY state = 'parked', hour, number LIMIT 1),
                    (SELECT id FROM billing_buckets b WHERE b.tenant = t.tenant AND b.meter = t.meter AND state = 'pending' ORDER BY hour, number LIMIT 1)) head
                FROM billing_totals t WHERE (t.tenant, t.meter) > ($1, $2) ORDER BY t.tenant, t.meter) heads
            WHERE head IS NOT NULL LIMIT $3)
        ORDER BY tenant, meter
        """,
        ReadBucket, cancellationToken, after?.Tenant ?? "", after?.Meter ?? "", most);

    public async ValueTask<IReadOnlyList<Bucket>> SaveAsync(IReadOnlyList<Bucket> buckets, BillingLease lease, CancellationToken cancellationToken)
    {
        var saved = (await FencedAsync(
            lease,
            connection => connection.RowsAsync(
                """
                UPDATE billing_buckets b SET state = n.state, customer = n.customer, stamp = n.stamp, attempts = n.attempts, generation = n.generation,
                    first_attempt_at = n.first, last_attempt_at = n.last, next_at = n.next, sent_at = n.sent, error = n.error, cause = n.cause,
                    missing_at = n.missing, revision = b.revision + 1
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
                    AS n (id, revision, state, customer, stamp, attempts, generation, first, last, next, sent, error, cause, missing)
                WHERE b.id = n.id AND b.revision = n.revision
                RETURNING b.id
                """,
                row => row.GetGuid(0), cancellationToken,
                buckets.Select(bucket => bucket.Id).ToArray(), buckets.Select(bucket => bucket.Revision).ToArray(),
                buckets.Select(bucket => BillingNames.Of(bucket.State)).ToArray(), Texts(buckets, bucket => bucket.Customer), Instants(buckets, bucket => bucket.Stamp),
                buckets.Select(bucket => bucket.Attempts).ToArray(), buckets.Select(bucket => bucket.Generation).ToArray(),
                Instants(buckets, bucket => bucket.FirstAttemptAt), Instants(buckets, bucket => bucket.LastAttemptAt), Instants(buckets, bucket => bucket.NextAt),
                Instants(buckets, bucket => bucket.SentAt), Texts(buckets, bucket => LedgerTexts.Clean(BucketSql.Short(bucket.Error))),
                Texts(buckets, bucket => BillingNames.Of(bucket.Cause)), Instants(buckets, bucket => bucket.MissingAt)),
            cancellationToken)).ToHashSet();
        return [.. buckets.Where(bucket => saved.Contains(bucket.Id)).Select(bucket => bucket with { Revision = bucket.Revision + 1 })];
    }

    public async ValueTask<string?> LastCustomerAsync(string tenant, CancellationToken cancellationToken) =>
        (await QueryAsync("SELECT customer FROM billing_tenants WHERE tenant = $1", row => TextOrNull(row, 0), cancellationToken, tenant)).FirstOrDefault();

    public async ValueTask<IReadOnlyList<UsageLeft>> LeftAsync(IReadOnlyCollection<string> tenants, DateTimeOffset from, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            async connection =>
            {
                // Of one state: what is cut meanwhile is in the hours or in the buckets.
                await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
                var names = tenants.ToArray();
                var hours = (await connection.RowsAsync(
                    $"SELECT tenant, count(*), {LedgerTotals.Sum("charged")} FROM usage_tenant_hours WHERE unbilled AND NOT prepaid AND tenant = ANY($1) AND at >= $2 GROUP BY 1",
                    row => (Tenant: row.GetString(0), Hours: row.GetInt64(1), Charged: row.GetInt64(2)), cancellationToken, names, from.ToUnixTimeMilliseconds()))
                    .ToDictionary(one => one.Tenant, StringComparer.Ordinal);
                var sums = (await SumsAsync(connection, "tenant = ANY($1) AND state <> 'written-off'", cancellationToken, [names])).ToLookup(sum => sum.Tenant, StringComparer.Ordinal);
                string[] left = [.. names.Where(name => hours.ContainsKey(name) || sums.Contains(name)).Distinct(StringComparer.Ordinal)];
                var customers = (await connection.RowsAsync(
                    "SELECT tenant, customer FROM billing_tenants WHERE tenant = ANY($1)", row => (Tenant: row.GetString(0), Customer: TextOrNull(row, 1)), cancellationToken, [left]))
                    .ToDictionary(one => one.Tenant, one => one.Customer, StringComparer.Ordinal);
                var sent = (await connection.RowsAsync(
                    """
                    SELECT DISTINCT tenant, customer FROM billing_buckets
                    WHERE tenant = ANY($1) AND state NOT IN ('pending', 'sent', 'verified') AND state <> 'written-off' AND customer IS NOT NULL ORDER BY tenant, customer
                    """,
                    row => (Tenant: row.GetString(0), Customer: row.GetString(1)), cancellationToken, [left])).ToLookup(one => one.Tenant, one => one.Customer, StringComparer.Ordinal);
                return left.Select(name => new UsageLeft(
                    name, hours.GetValueOrDefault(name).Hours, new NanoUsd(hours.GetValueOrDefault(name).Charged), [.. sums[name]], customers.GetValueOrDefault(name), [.. sent[name]])).ToList();
            },
            cancellationToken);

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

    public async ValueTask<Bucket?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await QueryAsync($"SELECT {BucketSql.Columns} FROM billing_buckets WHERE id = $1", ReadBucket, cancellationToken, id)).FirstOrDefault();

    public async ValueTask<IReadOnlyList<BucketSum>> SumsAsync(BucketSumQuestion question, CancellationToken cancellationToken)
    {
        var time = BucketSql.Time(question.By);
        var (conditions, values) = Conditions(
            (question.Tenant, "tenant = {0}"), (question.Meter, "meter = {0}"), (BillingTimes.Ceiling(question.From), time + " >= {0}"),
            (BillingTimes.Ceiling(question.To), time + " < {0}"));
        return await QueryAsync(
            $"""
            SELECT tenant, meter, {time} - {time} % {BillingTimes.DayMilliseconds} AS day, {LedgerTotals.Sum("amount")},
                coalesce(sum(value) FILTER (WHERE state IN ('sent', 'verified')), 0)::bigint,
                coalesce(sum(value) FILTER (WHERE state NOT IN ('sent', 'verified')), 0)::bigint, count(*)
            FROM billing_buckets WHERE {conditions} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """,
            row => new BucketSum(
                row.GetString(0), row.GetString(1), Postgres.Instants.Of(row.GetInt64(2)), new NanoUsd(row.GetInt64(3)), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6)),
            cancellationToken, values);
    }

    public async ValueTask<IReadOnlyList<StampedSum>> StampedAsync(ReconciliationSpan span, string? tenant, string? customer, CancellationToken cancellationToken)
    {
        var time = BucketSql.Time(BucketTime.Stamp);
        var (conditions, values) = Conditions(
            (BillingTimes.Ceiling(span.From), time + " >= {0}"), (BillingTimes.Ceiling(span.To), time + " < {0}"), (tenant, "tenant = {0}"), (customer, "customer = {0}"));
        return await QueryAsync(
            $"""
            SELECT tenant, meter, customer, {time} - {time} % {BillingTimes.DayMilliseconds}, coalesce(sum(value) FILTER (WHERE state IN ('sent', 'verified')), 0)::bigint,
                coalesce(sum(value) FILTER (WHERE state NOT IN ('sent', 'verified')), 0)::bigint
            FROM billing_buckets WHERE {conditions} AND state <> 'written-off' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, customer COLLATE "C" NULLS FIRST, 4
            """,
            row => new StampedSum(row.GetString(0), row.GetString(1), TextOrNull(row, 2), Postgres.Instants.Of(row.GetInt64(3)), row.GetInt64(4), row.GetInt64(5)),
            cancellationToken, values);
    }

    public async ValueTask<IReadOnlyList<OpenSum>> OpenAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(connection => SumsAsync(connection, "TRUE", cancellationToken), cancellationToken);

    public async ValueTask<IReadOnlyList<MeterTotal>> TotalsAsync(CancellationToken cancellationToken) => await QueryAsync(
        $"SELECT meter, {LedgerTotals.Sum("amount")}, sum(value)::bigint, sum(buckets)::bigint FROM billing_totals GROUP BY meter ORDER BY meter",
        row => new MeterTotal("", row.GetString(0), new NanoUsd(row.GetInt64(1)), row.GetInt64(2), row.GetInt64(3)), cancellationToken);

    public async ValueTask<bool> NoteLookAsync(Bucket bucket, CancellationToken cancellationToken) => await database.WriteAsync(
        connection => connection.RunAsync(
            """
            UPDATE billing_buckets SET state = $3, error = $4, cause = $5, sent_at = $6, missing_at = $7, revision = revision + 1
            WHERE id = $1 AND revision = $2 AND state IN ('sent', 'verified', 'dead')
            """,
            cancellationToken, bucket.Id, bucket.Revision, BillingNames.Of(bucket.State), Text(bucket.Error), Text(BillingNames.Of(bucket.Cause)), Number(bucket.SentAt),
            Number(bucket.MissingAt)),
        cancellationToken) > 0;

    public async ValueTask<bool> RetryAsync(Guid id, CancellationToken cancellationToken) => await database.WriteAsync(
        connection => connection.RunAsync(
            """
            UPDATE billing_buckets SET
                generation = CASE WHEN state = 'unknown' THEN generation ELSE generation + 1 END, state = CASE WHEN state = 'unknown' THEN state ELSE 'pending' END,
                next_at = NULL, cause = NULL, revision = revision + 1
            WHERE id = $1 AND state IN ('parked', 'dead', 'unknown')
            """,
            cancellationToken, id),
        cancellationToken) > 0;

    public async ValueTask<IReadOnlyList<OpenSum>> WriteOffAsync(string tenant, CancellationToken cancellationToken) => await TransactAsync<IReadOnlyList<OpenSum>>(
        async connection =>
        {
            const string Given = "tenant = $1 AND state IN ('pending', 'parked', 'dead')";
            // Held first: what is summed is what is given up.
            await connection.RunAsync($"SELECT 1 FROM billing_buckets WHERE {Given} ORDER BY id FOR UPDATE", cancellationToken, tenant);
            var given = await SumsAsync(connection, Given, cancellationToken, tenant);
            await connection.RunAsync(
                $"UPDATE billing_buckets SET state = 'written-off', next_at = NULL, revision = revision + 1 WHERE {Given}", cancellationToken, tenant);
            return given;
        },
        cancellationToken);

    public async ValueTask<int> VerifyAsync((string Tenant, string Meter) of, string customer, ReconciliationSpan span, CancellationToken cancellationToken) =>
        await database.WriteAsync(
            connection => connection.RunAsync(
                Verify, cancellationToken, of.Tenant, of.Meter, BillingTimes.Ceiling(span.From)!, BillingTimes.Ceiling(span.To)!, customer),
            cancellationToken);

    private Task<List<Bucket>> PageAsync(BucketFilter filter, int most, CancellationToken cancellationToken)
    {
        var time = BucketSql.Time(filter.By);
        var (conditions, values) = Conditions(
            (filter.Tenant, "tenant = {0}"), (filter.Meter, "meter = {0}"), (BillingTimes.Ceiling(filter.From), time + " >= {0}"), (BillingTimes.Ceiling(filter.To), time + " < {0}"),
            (filter.Customer, "customer = {0}"));
        if (filter.State is { } state)
            conditions += " AND " + BucketSql.Where(state);
        if (filter.After is { } after)
        {
            conditions += $" AND (tenant, meter, hour, number) > (${values.Length + 1}, ${values.Length + 2}, ${values.Length + 3}, ${values.Length + 4})";
            values = [.. values, after.Tenant, after.Meter, after.Hour.ToUnixTimeMilliseconds(), after.Number];
        }

        return QueryAsync(
            $"SELECT {BucketSql.Columns} FROM billing_buckets WHERE {conditions} ORDER BY tenant, meter, hour, number LIMIT {most}", ReadBucket, cancellationToken, values);
    }

    private static Task<List<OpenSum>> SumsAsync(NpgsqlConnection connection, string condition, CancellationToken cancellationToken, params object[] values) =>
        connection.RowsAsync(
            $"""
            SELECT tenant, meter, state, cause, count(*), {LedgerTotals.Sum("amount")}, sum(value)::bigint, min(cut_at), max(error) FROM (
                SELECT tenant, meter, state, cause, amount, value, cut_at, error FROM billing_buckets WHERE state = 'pending' AND {condition}
                UNION ALL
                SELECT tenant, meter, state, cause, amount, value, cut_at, error FROM billing_buckets WHERE state NOT IN ('pending', 'sent', 'verified') AND {condition}) open
            GROUP BY 1, 2, 3, 4 ORDER BY tenant, meter, state COLLATE "C", cause COLLATE "C" NULLS FIRST
            """,
            row => new OpenSum(
                row.GetString(0), row.GetString(1), BillingNames.State(row.GetString(2)), BillingNames.Cause(TextOrNull(row, 3)), row.GetInt64(4),
                new NanoUsd(row.GetInt64(5)), row.GetInt64(6), Postgres.Instants.Of(row.GetInt64(7)), TextOrNull(row, 8)),
            cancellationToken, values);

    private static (string Sql, object[] Values) Conditions(params ReadOnlySpan<(object? Value, string Condition)> conditions)
    {
        var sql = "TRUE";
        var values = new List<object>();
        foreach (var (value, condition) in conditions)
        {
            if (value is null)
                continue;
            values.Add(value);
            sql += " AND " + condition.Replace("{0}", $"${values.Count}", StringComparison.Ordinal);
        }

        return (sql, [.. values]);
    }

    private static Bucket ReadBucket(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Tenant = row.GetString(1),
        Meter = row.GetString(2),
        Hour = Postgres.Instants.Of(row.GetInt64(3)),
        Number = row.GetInt32(4),
        Amount = new NanoUsd(row.GetInt64(5)),
        Value = row.GetInt64(6),
        CutAt = Postgres.Instants.Of(row.GetInt64(7)),
        State = BillingNames.State(row.GetString(8)),
        Customer = TextOrNull(row, 9),
        Stamp = InstantOrNull(row, 10),
        Attempts = row.GetInt32(11),
        Generation = row.GetInt32(12),
        FirstAttemptAt = InstantOrNull(row, 13),
        LastAttemptAt = InstantOrNull(row, 14),
        NextAt = InstantOrNull(row, 15),
        SentAt = InstantOrNull(row, 16),
        Error = TextOrNull(row, 17),
        Cause = BillingNames.Cause(TextOrNull(row, 18)),
        Revision = row.GetInt64(19),
        MissingAt = InstantOrNull(row, 20),
    };

    private static BillingLease ReadLease(NpgsqlDataReader row) => new(row.GetGuid(0), row.GetInt64(1), Postgres.Instants.Of(row.GetInt64(2)));

    private static string? TextOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static DateTimeOffset? InstantOrNull(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Postgres.Instants.Of(row.GetInt64(column));

    private static (string Text, DateTimeOffset At)? Note(NpgsqlDataReader row, int column) =>
        row.IsDBNull(column) ? null : (row.GetString(column), Postgres.Instants.Of(row.GetInt64(column + 1)));

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)LedgerTexts.Clean(BucketSql.Short(text)) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Number(DateTimeOffset? instant) =>
        new() { Value = (object?)instant?.ToUnixTimeMilliseconds() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint };

    private static NpgsqlParameter Texts(IReadOnlyList<Bucket> buckets, Func<Bucket, string?> text) =>
        new() { Value = buckets.Select(text).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    private static NpgsqlParameter Instants(IReadOnlyList<Bucket> buckets, Func<Bucket, DateTimeOffset?> instant) =>
        new() { Value = buckets.Select(bucket => instant(bucket)?.ToUnixTimeMilliseconds()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    private Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values) =>
        database.ReadAsync(connection => connection.RowsAsync(sql, read, cancellationToken, values), cancellationToken);

    private Task<T> FencedAsync<T>(BillingLease lease, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) => TransactAsync(
        async connection =>
        {
            await BillingFence.HoldAsync(connection, lease, cancellationToken);
            return await work(connection);
        },
        cancellationToken);

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
