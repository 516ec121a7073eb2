using System.Data;
using System.Runtime.CompilerServices;
using BudgetProxy.Billing;
using BudgetProxy.Core.Money;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>What was used by the hour, and cut of it, in the database that all proxies share.</summary>
public sealed class PostgresAccrualStore(PostgresDatabase database) : IAccrualStore
{
    /// <summary>Entries that are read at once.</summary>
    private const int PageSize = 2_000;

    private static readonly string Tokens = TokensOf("");
    private static readonly string HourColumns = $"tenant, at, requests, {Tokens}, cost, charged";
    private const string HasCorrections =
        """
        EXISTS (SELECT 1 FROM ledger c WHERE c.tenant = h.tenant AND c.adjusts IS NOT NULL
            AND c.settled_at >= to_timestamp(h.at / 1000) AND c.settled_at < to_timestamp(h.at / 1000 + 3600))
        """;

    private const string Allowances = "SELECT tenant, month, kind, amount FROM billing_months";

    public async ValueTask<CutReading> ReadAsync((string Tenant, DateTimeOffset Hour)? after, int most, CancellationToken cancellationToken) => await database.ReadAsync(
        async connection =>
        {
            await using var snapshot = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
            var hours = await connection.RowsAsync(
                $"SELECT {HourColumns}, {HasCorrections} FROM usage_tenant_hours h WHERE unbilled AND NOT prepaid AND (tenant, at) > ($1, $2) ORDER BY tenant, at LIMIT $3", ReadHour, cancellationToken,
                after?.Tenant ?? "", after?.Hour.ToUnixTimeMilliseconds() ?? long.MinValue, most);
            var tenants = hours.Select(hour => hour.Tenant).Distinct(StringComparer.Ordinal).ToArray();
            var totals = (await connection.RowsAsync(
                "SELECT tenant, meter, amount, value, buckets FROM billing_totals WHERE tenant = ANY($1)",
                row => new MeterTotal(row.GetString(0), row.GetString(1), new NanoUsd(row.GetInt64(2)), row.GetInt64(3), row.GetInt64(4)), cancellationToken, [tenants]))
                .ToLookup(total => total.Tenant, StringComparer.Ordinal);
            var known = (await connection.RowsAsync(
                "SELECT tenant, cuts, customer FROM billing_tenants WHERE tenant = ANY($1)",
                row => new CutBase(row.GetString(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetString(2), [.. totals[row.GetString(0)]]), cancellationToken, [tenants]))
                .ToDictionary(one => one.Tenant, StringComparer.Ordinal);
            var booked = await BookedAsync(connection, [.. hours.Select(hour => (hour.Tenant, hour.Hour))], cancellationToken);
            var allowances = await connection.RowsAsync(
                $"{Allowances} WHERE tenant = ANY($1) ORDER BY tenant, month, kind", ReadAllowance, cancellationToken, [tenants]);
            return new CutReading(hours, [.. tenants.Select(tenant => known.GetValueOrDefault(tenant) ?? new CutBase(tenant, 0, null, []))], booked, allowances);
        },
        cancellationToken);

    public async ValueTask TouchMonthAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken) => await database.WriteAsync(
        connection => connection.RunAsync(
            "UPDATE usage_tenant_hours SET unbilled = true WHERE tenant = $1 AND at >= $2 AND at < $3 AND NOT unbilled AND NOT prepaid", cancellationToken,
            tenant, month.ToUnixTimeMilliseconds(), month.AddMonths(1).ToUnixTimeMilliseconds()),
        cancellationToken);

    public async ValueTask RaiseAsync(IReadOnlyList<MonthAllowance> allowances, BillingLease lease, CancellationToken cancellationToken) => await FencedAsync(
        lease, connection => new CutStatements(connection, cancellationToken).RaiseAsync(allowances), cancellationToken);

    public async ValueTask<int> PassOverAsync(DateTimeOffset before, int most, BillingLease lease, CancellationToken cancellationToken) => await FencedAsync(
        lease,
        connection => connection.RunAsync(
            """
            WITH old AS (SELECT tenant, at FROM usage_tenant_hours WHERE unbilled AND NOT prepaid AND at < $1 ORDER BY tenant, at LIMIT $2 FOR UPDATE)
            UPDATE usage_tenant_hours h SET unbilled = false FROM old WHERE NOT h.prepaid AND h.tenant = old.tenant AND h.at = old.at
            """,
            cancellationToken, before.ToUnixTimeMilliseconds(), most),
        cancellationToken);

    public async ValueTask<IReadOnlyList<Accrual>> MonthAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken) => await QueryAsync(
        $"SELECT {HourColumns}, false FROM usage_tenant_hours WHERE tenant = $1 AND at >= $2 AND at < $3 AND NOT prepaid ORDER BY at", ReadHour, cancellationToken,
        tenant, month.ToUnixTimeMilliseconds(), month.AddMonths(1).ToUnixTimeMilliseconds());

    public async ValueTask<IReadOnlyList<HourBooked>> BookedAsync(IReadOnlyList<(string Tenant, DateTimeOffset Hour)> hours, CancellationToken cancellationToken) =>
        await database.ReadAsync(connection => BookedAsync(connection, hours, cancellationToken), cancellationToken);

    public async ValueTask<IReadOnlyList<MonthAllowance>> AllowancesAsync(DateTimeOffset month, CancellationToken cancellationToken) => await QueryAsync(
        $"{Allowances} WHERE month = $1 ORDER BY tenant, kind", ReadAllowance, cancellationToken, month.ToUnixTimeMilliseconds());

    public async ValueTask<IReadOnlyList<MonthAllowance>> AllowancesOfAsync(string tenant, CancellationToken cancellationToken) => await QueryAsync(
        $"{Allowances} WHERE tenant = $1 ORDER BY month, kind", ReadAllowance, cancellationToken, tenant);

    public async IAsyncEnumerable<PlacedAmounts> FirstEntriesAsync(
        string tenant, DateTimeOffset hour, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var place = new EntryPlace(hour.ToUnixTimeMilliseconds(), long.MinValue, long.MinValue, Guid.Empty);
        while (true)
        {
            var page = await QueryAsync(
                $"""
                SELECT settled_at, generation, sequence, id, settled_at, {Tokens}, cost, charged FROM ledger
                WHERE tenant = $1 AND settled_at >= $2 AND settled_at < $3 AND (settled_at, generation, sequence, id) > ($2, $4, $5, $6) AND adjusts IS NULL AND NOT {LedgerRows.IsPrepaid("ledger")}
                ORDER BY settled_at, generation, sequence, id LIMIT {PageSize}
                """,
                ReadEntry, cancellationToken, tenant, Instants.Of(place.At), hour.AddHours(1), place.Generation, place.Sequence, place.Id);
            foreach (var entry in page)
                yield return entry;
            if (page.Count < PageSize)
                yield break;
            place = page[^1].Place;
        }
    }

    public async IAsyncEnumerable<PlacedAmounts> CorrectionsAsync(
        string tenant, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (at, id) = (from, Guid.Empty);
        while (true)
        {
            // Which page it is goes by the correction's own place, which is not the one it is told by.
            var page = await QueryAsync(
                $"""
                SELECT f.settled_at, f.generation, f.sequence, f.id, c.settled_at, {TokensOf("c.")}, c.cost, c.charged, c.id FROM ledger c JOIN ledger f ON f.id = c.adjusts
                WHERE c.tenant = $1 AND c.adjusts IS NOT NULL AND c.settled_at >= $2 AND c.settled_at < $3 AND (c.settled_at, c.id) > ($2, $4)
                    AND NOT {LedgerRows.IsPrepaid("c")}
                ORDER BY c.settled_at, c.id LIMIT {PageSize}
                """,
                row => (Entry: ReadEntry(row), At: row.GetFieldValue<DateTimeOffset>(4), Id: row.GetGuid(8)), cancellationToken, tenant, at, to, id);
            foreach (var one in page)
                yield return one.Entry;
            if (page.Count < PageSize)
                yield break;
            (at, id) = (page[^1].At, page[^1].Id);
        }
    }

    public async ValueTask<IReadOnlyList<DateTimeOffset>> CorrectedAfterAsync(string tenant, DateTimeOffset month, CancellationToken cancellationToken) => await QueryAsync(
        """
        SELECT DISTINCT (floor(extract(epoch FROM c.settled_at) / 3600) * 3600000)::bigint FROM ledger c JOIN ledger f ON f.id = c.adjusts
        WHERE c.tenant = $1 AND c.adjusts IS NOT NULL AND c.settled_at >= $3 AND f.settled_at >= $2 AND f.settled_at < $3 ORDER BY 1
        """,
        row => Instants.Of(row.GetInt64(0)), cancellationToken, tenant, month, month.AddMonths(1));

    public async ValueTask<IReadOnlySet<string>> CutAsync(IReadOnlyList<TenantCut> cuts, BillingLease lease, CancellationToken cancellationToken) =>
        await FencedAsync(lease, connection => new CutStatements(connection, cancellationToken).WriteAsync(cuts), cancellationToken);

    private async Task<T> FencedAsync<T>(BillingLease lease, Func<NpgsqlConnection, Task<T>> work, CancellationToken cancellationToken) => await database.WriteAsync(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await BillingFence.HoldAsync(connection, lease, cancellationToken);
            var done = await work(connection);
            await transaction.CommitAsync(cancellationToken);
            return done;
        },
        cancellationToken);

    private static async Task<List<HourBooked>> BookedAsync(
        NpgsqlConnection connection, IReadOnlyList<(string Tenant, DateTimeOffset Hour)> hours, CancellationToken cancellationToken) => await connection.RowsAsync(
        """
        WITH asked AS (
            SELECT a.tenant COLLATE "C" AS tenant, m.meter, a.hour FROM unnest($1, $2) AS a (tenant, hour) CROSS JOIN (SELECT DISTINCT meter FROM billing_totals) m)
        SELECT b.tenant, b.meter, b.hour, count(*)::integer, sum(b.amount)::bigint, sum(b.value)::bigint FROM asked JOIN billing_buckets b USING (tenant, meter, hour)
        GROUP BY 1, 2, 3
        """,
        row => new HourBooked(row.GetString(0), row.GetString(1), Instants.Of(row.GetInt64(2)), row.GetInt32(3), new NanoUsd(row.GetInt64(4)), row.GetInt64(5)),
        cancellationToken, hours.Select(hour => hour.Tenant).ToArray(), hours.Select(hour => hour.Hour.ToUnixTimeMilliseconds()).ToArray());

    /// <summary>All tokens of a row, cut to 64 bits: one absurd usage must not keep a page of hours from being read.</summary>
    /// <param name="prefix">Before each column.</param>
    internal static string TokensOf(string prefix) =>
        $"least({prefix}input::numeric + {prefix}cached_input + {prefix}cache_write_short + {prefix}cache_write_long + {prefix}output, {long.MaxValue})::bigint";

    private static Accrual ReadHour(NpgsqlDataReader row) => new(
        row.GetString(0), Instants.Of(row.GetInt64(1)), row.GetInt64(2), row.GetInt64(3), new NanoUsd(row.GetInt64(4)), new NanoUsd(row.GetInt64(5)),
        row.GetBoolean(6));

    private static MonthAllowance ReadAllowance(NpgsqlDataReader row) =>
        new(row.GetString(0), Instants.Of(row.GetInt64(1)), BillingNames.Kind(row.GetString(2)), row.GetInt64(3));

    private static PlacedAmounts ReadEntry(NpgsqlDataReader row) => new(
        new EntryPlace(row.GetFieldValue<DateTimeOffset>(0).ToUnixTimeMilliseconds(), row.GetInt64(1), row.GetInt64(2), row.GetGuid(3)),
        BillingTimes.HourOf(row.GetFieldValue<DateTimeOffset>(4)), row.GetInt64(5), new NanoUsd(row.GetInt64(6)), new NanoUsd(row.GetInt64(7)));

    private Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values) =>
        database.ReadAsync(connection => connection.RowsAsync(sql, read, cancellationToken, values), cancellationToken);
}
