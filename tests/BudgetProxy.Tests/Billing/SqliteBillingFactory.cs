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
    private readonly TestClock _clock = new();
    private long _sequence;

    /// <param name="folder">A data directory that is there already; null = a fresh one.</param>
    public SqliteBillingFactory(string? folder = null)
    {
        _database = new EmbeddedDatabase(folder ?? _folder.Path);
        _ledger = new EmbeddedStore(_database, _clock);
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
            INSERT INTO usage_tenant_hours (tenant, at, prepaid, requests, input, cost, charged, unbilled, {others})
            VALUES ($tenant, $at, 0, $requests, $tokens, $cost, $charged, 1, {string.Join(", ", Enumerable.Repeat("0", UsageAmounts.Columns.Length - 4))})
            ON CONFLICT (tenant, at, prepaid) DO UPDATE SET
                requests = excluded.requests, input = excluded.input, cost = excluded.cost, charged = excluded.charged, unbilled = 1
            """,
            ("$tenant", accrual.Tenant), ("$at", accrual.Hour.ToUnixTimeMilliseconds()), ("$requests", accrual.Requests), ("$tokens", accrual.Tokens),
            ("$cost", accrual.Cost.Value), ("$charged", accrual.Charged.Value));
        return Task.CompletedTask;
    }

    public async Task<IReadOnlyList<(EntryPlace Place, LedgerEntry Entry)>> BookAsync(IReadOnlyList<LedgerEntry> entries, DateTimeOffset now)
    {
        // Entries are settled by the store's own clock, which never goes back.
        _clock.Now = now;
        await _ledger.AppendAsync(entries, [], default);
        while ((await _ledger.RollUpAsync(100, default)).Left > 0)
        {
            // Until there are no more.
        }

        return [.. entries.Select(entry => (new EntryPlace(now.ToUnixTimeMilliseconds(), 0, ++_sequence, Guid.Empty), entry with { SettledAt = now }))];
    }

    public ValueTask DisposeAsync()
    {
        _ledger.Dispose();
        _database.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
