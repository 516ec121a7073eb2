using BudgetProxy.Billing;
using BudgetProxy.Embedded;
using BudgetProxy.Ledger;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Billing;

/// <summary>The stores of buckets on an embedded database of their own.</summary>
internal sealed class SqliteBillingFactory : IBillingStoreFactory
{
    private readonly TempFolder _folder = new();
    private readonly EmbeddedDatabase _database;
    private readonly EmbeddedStore _ledger;

    public SqliteBillingFactory()
    {
        _database = new EmbeddedDatabase(_folder.Path);
        _ledger = new EmbeddedStore(_database, new TestClock());
        Buckets = new SqliteBillingStore(_database);
        Other = new SqliteBillingStore(_database);
        Accruals = new SqliteAccrualStore(_database);
        OtherAccruals = new SqliteAccrualStore(_database);
    }

    public IBillingStore Buckets { get; }

    public IBillingStore Other { get; }

    public IAccrualStore Accruals { get; }

    public IAccrualStore OtherAccruals { get; }

    public Task AccrueAsync(Accrual accrual)
    {
        using var connection = _database.OpenConnection();
        var others = string.Join(", ", UsageAmounts.Columns.Except(["requests", "input", "cost", "charged"]));
        connection.Run(
            $"""
            INSERT INTO usage_tenant_hours (tenant, at, requests, input, cost, charged, unbilled, {others})
            VALUES ($tenant, $at, $requests, $tokens, $cost, $charged, 1, {string.Join(", ", Enumerable.Repeat("0", UsageAmounts.Columns.Length - 4))})
            ON CONFLICT (tenant, at) DO UPDATE SET
                requests = excluded.requests, input = excluded.input, cost = excluded.cost, charged = excluded.charged, unbilled = 1
            """,
            ("$tenant", accrual.Tenant), ("$at", accrual.Hour.ToUnixTimeMilliseconds()), ("$requests", accrual.Requests), ("$tokens", accrual.Tokens),
            ("$cost", accrual.Cost.Value), ("$charged", accrual.Charged.Value));
        return Task.CompletedTask;
    }

    public async Task BookAsync(IReadOnlyList<LedgerEntry> entries) => await _ledger.AppendAsync(entries, [], default);

    public ValueTask DisposeAsync()
    {
        _ledger.Dispose();
        _database.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
