using BudgetProxy.Billing;

namespace BudgetProxy.Embedded;

/// <summary>What one cut of a tenant writes, on a session that is in a transaction.</summary>
internal sealed class CutWrites(SqliteSession session)
{
    private readonly SqliteStatement _total = session.Prepare(
        """
        INSERT INTO billing_totals (tenant, meter, amount, value, buckets) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, meter) DO UPDATE SET amount = amount + excluded.amount, value = value + excluded.value, buckets = buckets + excluded.buckets
        """);

    private readonly SqliteStatement _bucket = session.Prepare(
        """
        INSERT INTO billing_buckets (id, tenant, meter, hour, number, amount, value, cut_at, state, stamp, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """);

    private readonly SqliteStatement _allowance = session.Prepare(
        """
        INSERT INTO billing_months (tenant, month, kind, amount) VALUES (?, ?, ?, ?)
        ON CONFLICT (tenant, month, kind) DO UPDATE SET amount = max(amount, excluded.amount)
        """);

    // What changed since it was read stays to be cut; hours that were read only for their month's allowance are not written.
    private readonly SqliteStatement _clear = session.Prepare(
        """
        UPDATE usage_tenant_hours SET unbilled = 0
        WHERE unbilled AND NOT prepaid AND tenant = ? AND at = ? AND requests = ? AND input + cached_input + cache_write_short + cache_write_long + output = ? AND cost = ? AND charged = ?
        """);

    public void Write(TenantCut cut)
    {
        foreach (var total in cut.Added)
            _total.Bind(total.Tenant).Bind(total.Meter).Bind(total.Amount.Value).Bind(total.Value).Bind(total.Buckets).Run();
        foreach (var bucket in cut.Buckets)
        {
            _bucket.Bind(bucket.Id.ToString()).Bind(bucket.Tenant).Bind(bucket.Meter).Bind(bucket.Hour.ToUnixTimeMilliseconds()).Bind(bucket.Number)
                .Bind(bucket.Amount.Value).Bind(bucket.Value).Bind(bucket.CutAt.ToUnixTimeMilliseconds()).Bind(BillingNames.Of(bucket.State))
                .Bind(bucket.Stamp?.ToUnixTimeMilliseconds()).Bind(bucket.SentAt?.ToUnixTimeMilliseconds()).Run();
        }

        foreach (var allowance in cut.Allowances)
            _allowance.Bind(allowance.Tenant).Bind(allowance.Month.ToUnixTimeMilliseconds()).Bind(BillingNames.Of(allowance.Kind)).Bind(allowance.Amount).Run();
        foreach (var hour in cut.Read)
        {
            _clear.Bind(hour.Tenant).Bind(hour.Hour.ToUnixTimeMilliseconds()).Bind(hour.Requests).Bind(hour.Tokens).Bind(hour.Cost.Value).Bind(hour.Charged.Value)
                .Run();
        }
    }
}
