using BudgetProxy.Ledger;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Embedded;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Insight;

public sealed class SqliteTenantHoursTests : TenantHoursContract, IDisposable
{
    private readonly EmbeddedStoreFactory _store = new(new TestClock());

    public void Dispose() => _store.Dispose();

    protected override ILedger Ledger => _store.Ledger;

    [Fact]
    public async Task Entries_that_are_in_no_sums_yet_are_added_once()
    {
        await AddAsync(200);
        Assert.Equal(130, (await Ledger.RollUpAsync(130, CancellationToken.None)).Entries);
        await ForgetAsync();
        await MigrateAsync();
        Assert.Equal(new RollUpStep(60, 140), await Ledger.RollUpAsync(60, CancellationToken.None));
        await CheckAsync(Booked[130..190], _ => true);
        await RollUpAsync();
        await CheckAsync(Booked, _ => true);
    }

    [Fact]
    public async Task Of_two_that_add_at_once_neither_says_that_nothing_is_left_while_something_is()
    {
        await AddAsync(400);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            await RollUpAsync();
            await CheckAsync(Booked, _ => true);
        })));
    }

    protected override async Task BookAsync(IReadOnlyList<LedgerEntry> entries) => await _store.Ledger.AppendAsync(entries, [], CancellationToken.None);

    protected override Task ForgetAsync() => RunAsync(
        """
        DROP TABLE usage_tenant_hours;
        ALTER TABLE usage_state DROP COLUMN hours_filled_to;
        ALTER TABLE usage_state DROP COLUMN hours_fill_end;
        ALTER TABLE ledger DROP COLUMN prepaid;
        ALTER TABLE reservations DROP COLUMN prepaid;
        DROP TABLE prepaid_before;
        CREATE TABLE billing_prepaid (tenant TEXT, hour INTEGER);
        DELETE FROM schema_migrations WHERE name IN ('0019_usage_tenant_hours.sql', '0025_prepaid_entries.sql')
        """);

    /// <summary>Ends the process and opens what was there.</summary>
    protected override Task MigrateAsync()
    {
        _store.Crash();
        return Task.CompletedTask;
    }

    protected override Task ReopenAsync() => MigrateAsync();

    protected override Task MarkBilledAsync() => RunAsync("UPDATE usage_tenant_hours SET unbilled = 0");

    protected override Task<IReadOnlyList<(string Tenant, long At, bool Prepaid, long Requests, long Cost, long Charged, long Input, bool Unbilled)>> RowsAsync()
    {
        using var connection = _store.Database.OpenConnection();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT tenant, at, prepaid, requests, cost, charged, input, unbilled FROM usage_tenant_hours ORDER BY tenant, at, prepaid";
        using var rows = command.ExecuteReader();
        var found = new List<(string, long, bool, long, long, long, long, bool)>();
        while (rows.Read())
            found.Add((rows.GetString(0), rows.GetInt64(1), rows.GetBoolean(2), rows.GetInt64(3), rows.GetInt64(4), rows.GetInt64(5), rows.GetInt64(6), rows.GetBoolean(7)));
        return Task.FromResult<IReadOnlyList<(string, long, bool, long, long, long, long, bool)>>(found);
    }

    private Task RunAsync(string sql)
    {
        using var connection = _store.Database.OpenConnection();
        connection.Run(sql);
        return Task.CompletedTask;
    }
}
