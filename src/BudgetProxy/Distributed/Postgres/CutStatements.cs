using BudgetProxy.Billing;
using Npgsql;
using NpgsqlTypes;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>What cuts write, on a connection that is in a transaction: one statement a table.</summary>
internal sealed class CutStatements(NpgsqlConnection connection, CancellationToken cancellationToken)
{
    /// <returns>The tenants that were cut by nobody else since the cuts were planned: theirs are written.</returns>
    public async Task<IReadOnlySet<string>> WriteAsync(IReadOnlyList<TenantCut> planned)
    {
        // By tenant, so that two who cut never wait for each other in a circle.
        var done = await ClaimAsync([.. planned.OrderBy(cut => cut.Base.Tenant, StringComparer.Ordinal)]);
        var cuts = planned.Where(cut => done.Contains(cut.Base.Tenant)).ToList();
        await AddTotalsAsync([.. cuts.SelectMany(cut => cut.Added)]);
        await InsertAsync([.. cuts.SelectMany(cut => cut.Buckets)]);
        await KeepAsync([.. cuts.SelectMany(cut => cut.Allowances)]);
        await ClearAsync([.. cuts.SelectMany(cut => cut.Read)]);
        return done;
    }

    /// <summary>Keeps allowances that are higher than what was kept, and lets the hours of their months be cut anew. The rows are taken in the order in which cuts take them.</summary>
    /// <returns>Hours that are to be cut anew and were not before.</returns>
    public async Task<int> RaiseAsync(IReadOnlyList<MonthAllowance> allowances)
    {
        var ordered = allowances.OrderBy(one => one.Tenant, StringComparer.Ordinal).ToList();
        await connection.RunAsync(
            """
            INSERT INTO billing_tenants AS t (tenant, cuts) SELECT n.tenant, 1 FROM unnest($1) AS n (tenant)
            ON CONFLICT (tenant) DO UPDATE SET cuts = t.cuts + 1
            """,
            cancellationToken, [ordered.Select(one => one.Tenant).Distinct(StringComparer.Ordinal).ToArray()]);
        var raised = await connection.RowsAsync(
            """
            INSERT INTO billing_months AS m (tenant, month, kind, amount) SELECT * FROM unnest($1, $2, $3, $4)
            ON CONFLICT (tenant, month, kind) DO UPDATE SET amount = excluded.amount WHERE m.amount < excluded.amount
            RETURNING tenant, month
            """,
            row => (Tenant: row.GetString(0), Month: row.GetInt64(1)), cancellationToken,
            ordered.Select(one => one.Tenant).ToArray(), ordered.Select(one => one.Month.ToUnixTimeMilliseconds()).ToArray(),
            ordered.Select(one => BillingNames.Of(one.Kind)).ToArray(), ordered.Select(one => one.Amount).ToArray());
        var touched = 0;
        foreach (var month in raised.GroupBy(one => one.Month))
        {
            object[] hours =
            [
                month.Select(one => one.Tenant).Distinct(StringComparer.Ordinal).ToArray(), month.Key, DateTimeOffset.FromUnixTimeMilliseconds(month.Key).AddMonths(1).ToUnixTimeMilliseconds(),
            ];
            const string Those = "tenant = ANY($1) AND at >= $2 AND at < $3 AND NOT unbilled AND NOT prepaid";
            await connection.RunAsync($"SELECT 1 FROM usage_tenant_hours WHERE {Those} ORDER BY tenant, at FOR UPDATE", cancellationToken, hours);
            touched += await connection.RunAsync($"UPDATE usage_tenant_hours SET unbilled = true WHERE {Those}", cancellationToken, hours);
        }

        return touched;
    }

    private async Task<HashSet<string>> ClaimAsync(List<TenantCut> cuts) => (await connection.RowsAsync(
        """
        INSERT INTO billing_tenants AS t (tenant, cuts, customer) SELECT n.tenant, n.cuts + 1, n.customer FROM unnest($1, $2, $3) AS n (tenant, cuts, customer)
        ON CONFLICT (tenant) DO UPDATE SET cuts = excluded.cuts, customer = coalesce(excluded.customer, t.customer) WHERE t.cuts = excluded.cuts - 1
        RETURNING tenant
        """,
        row => row.GetString(0), cancellationToken, cuts.Select(cut => cut.Base.Tenant).ToArray(), cuts.Select(cut => cut.Base.Cuts).ToArray(),
        new NpgsqlParameter { Value = cuts.Select(cut => cut.Customer).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text })).ToHashSet(StringComparer.Ordinal);

    private Task AddTotalsAsync(List<MeterTotal> added) => RunAsync(
        added.Count,
        """
        INSERT INTO billing_totals AS t (tenant, meter, amount, value, buckets) SELECT * FROM unnest($1, $2, $3, $4, $5)
        ON CONFLICT (tenant, meter) DO UPDATE SET amount = t.amount + excluded.amount, value = t.value + excluded.value, buckets = t.buckets + excluded.buckets
        """,
        added.Select(total => total.Tenant).ToArray(), added.Select(total => total.Meter).ToArray(), added.Select(total => total.Amount.Value).ToArray(),
        added.Select(total => total.Value).ToArray(), added.Select(total => total.Buckets).ToArray());

    private Task InsertAsync(List<Bucket> buckets) => RunAsync(
        buckets.Count,
        """
        INSERT INTO billing_buckets (id, tenant, meter, hour, number, amount, value, cut_at, state, stamp, sent_at)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        buckets.Select(bucket => bucket.Id).ToArray(), buckets.Select(bucket => bucket.Tenant).ToArray(), buckets.Select(bucket => bucket.Meter).ToArray(),
        buckets.Select(bucket => bucket.Hour.ToUnixTimeMilliseconds()).ToArray(), buckets.Select(bucket => bucket.Number).ToArray(),
        buckets.Select(bucket => bucket.Amount.Value).ToArray(), buckets.Select(bucket => bucket.Value).ToArray(),
        buckets.Select(bucket => bucket.CutAt.ToUnixTimeMilliseconds()).ToArray(), buckets.Select(bucket => BillingNames.Of(bucket.State)).ToArray(),
        Instants(buckets.Select(bucket => bucket.Stamp)), Instants(buckets.Select(bucket => bucket.SentAt)));

    private Task KeepAsync(List<MonthAllowance> allowances) => RunAsync(
        allowances.Count,
        """
        INSERT INTO billing_months AS m (tenant, month, kind, amount) SELECT * FROM unnest($1, $2, $3, $4)
        ON CONFLICT (tenant, month, kind) DO UPDATE SET amount = greatest(m.amount, excluded.amount)
        """,
        allowances.Select(one => one.Tenant).ToArray(), allowances.Select(one => one.Month.ToUnixTimeMilliseconds()).ToArray(),
        allowances.Select(one => BillingNames.Of(one.Kind)).ToArray(), allowances.Select(one => one.Amount).ToArray());

    /// <summary>What changed since it was read stays to be cut; hours that were read only for their month's allowance are not written. The rows are taken in the order in which booked entries take them.</summary>
    private async Task ClearAsync(List<Accrual> hours)
    {
        object[] keys = [hours.Select(hour => hour.Tenant).ToArray(), hours.Select(hour => hour.Hour.ToUnixTimeMilliseconds()).ToArray()];
        await RunAsync(
            hours.Count,
            """
            SELECT 1 FROM usage_tenant_hours h JOIN unnest($1, $2) AS n (tenant, at) ON h.tenant = n.tenant AND h.at = n.at
            WHERE h.unbilled AND NOT h.prepaid ORDER BY h.tenant, h.at FOR UPDATE OF h
            """,
            keys);
        await RunAsync(
            hours.Count,
            $"""
            UPDATE usage_tenant_hours h SET unbilled = false FROM unnest($1, $2, $3, $4, $5, $6) AS n (tenant, at, requests, tokens, cost, charged)
            WHERE h.unbilled AND NOT h.prepaid AND h.tenant = n.tenant AND h.at = n.at AND h.requests = n.requests AND h.cost = n.cost AND h.charged = n.charged
                AND {PostgresAccrualStore.TokensOf("h.")} = n.tokens
            """,
            [
                .. keys, hours.Select(hour => hour.Requests).ToArray(), hours.Select(hour => hour.Tokens).ToArray(),
                hours.Select(hour => hour.Cost.Value).ToArray(), hours.Select(hour => hour.Charged.Value).ToArray(),
            ]);
    }

    private static NpgsqlParameter Instants(IEnumerable<DateTimeOffset?> instants) =>
        new() { Value = instants.Select(instant => instant?.ToUnixTimeMilliseconds()).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    private async Task RunAsync(int rows, string sql, params object[] values)
    {
        if (rows > 0)
            await connection.RunAsync(sql, cancellationToken, values);
    }
}
