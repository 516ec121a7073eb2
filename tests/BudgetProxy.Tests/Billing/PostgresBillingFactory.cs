using BudgetProxy.Billing;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Distributed;
using Npgsql;

namespace BudgetProxy.Tests.Billing;

/// <summary>The stores of buckets on a shared database of their own.</summary>
internal sealed class PostgresBillingFactory : IBillingStoreFactory
{
    private readonly PostgresDatabase _database;
    private readonly PostgresDatabase _other;
    private readonly PostgresLedger _ledger;
    private long _sequence;

    private PostgresBillingFactory(string connectionString)
    {
        _database = new PostgresDatabase(connectionString);
        _other = new PostgresDatabase(connectionString);
        _ledger = new PostgresLedger(_database);
        Buckets = new PostgresBillingStore(_database);
        Other = new PostgresBillingStore(_other);
        Accruals = new PostgresAccrualStore(_database);
        OtherAccruals = new PostgresAccrualStore(_other);
    }

    public IBillingStore Buckets { get; }

    public IBillingStore Other { get; }

    public IAccrualStore Accruals { get; }

    public IAccrualStore OtherAccruals { get; }

    /// <param name="connectionString">Of a database that is there already; null = a fresh one.</param>
    public static async Task<PostgresBillingFactory> CreateAsync(string? connectionString = null)
    {
        connectionString ??= await Databases.NewAsync();
        var factory = new PostgresBillingFactory(connectionString);
        await PostgresMigrations.ApplyAsync(factory._database.Source, default);
        return factory;
    }

    public async Task AccrueAsync(Accrual accrual)
    {
        var others = string.Join(", ", UsageAmounts.Columns.Except(["requests", "input", "cost", "charged"]));
        await using var command = _database.Source.CreateCommand(
            $"""
            INSERT INTO usage_tenant_hours (tenant, at, prepaid, requests, input, cost, charged, unbilled, {others})
            VALUES ($1, $2, false, $3, $4, $5, $6, true, {string.Join(", ", Enumerable.Repeat("0", UsageAmounts.Columns.Length - 4))})
            ON CONFLICT (tenant, at, prepaid) DO UPDATE SET
                requests = excluded.requests, input = excluded.input, cost = excluded.cost, charged = excluded.charged, unbilled = true
            """);
        foreach (var value in new object[]
        {
            accrual.Tenant, accrual.Hour.ToUnixTimeMilliseconds(), accrual.Requests, accrual.Tokens, accrual.Cost.Value, accrual.Charged.Value,
        })
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }

    public async Task<IReadOnlyList<(EntryPlace Place, LedgerEntry Entry)>> BookAsync(IReadOnlyList<LedgerEntry> entries, DateTimeOffset now)
    {
        var placed = entries.Select(entry => new PlacedEntry(entry, new Place(1, ++_sequence))).ToList();
        await _ledger.InsertAsync(placed, default);
        return [.. placed.Select(one => (new EntryPlace(one.Entry.SettledAt.ToUnixTimeMilliseconds(), 1, one.Place.Sequence, one.Entry.Id), one.Entry))];
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _other.DisposeAsync();
    }
}
