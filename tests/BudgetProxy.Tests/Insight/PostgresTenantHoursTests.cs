using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Distributed.Postgres;
using Npgsql;

namespace BudgetProxy.Tests.Insight;

public sealed class PostgresTenantHoursTests : TenantHoursContract, IAsyncLifetime
{
    private TestDatabase _data = null!;
    private PostgresLedger _ledger = null!;
    private long _sequence;

    public async ValueTask InitializeAsync()
    {
        _data = await TestDatabase.CreateAsync();
        _ledger = new PostgresLedger(_data.Database);
    }

    public ValueTask DisposeAsync() => _data.DisposeAsync();

    protected override ILedger Ledger => new PostgresUsageSumsTests.Adapter(_ledger);

    /// <summary>Entries that wait for the other sums too, with an older proxy in a rolling upgrade that adds some of them to those alone.</summary>
    [Fact]
    public async Task Entries_that_wait_for_the_other_sums_are_added_once()
    {
        await _data.ScalarAsync(
            """
            ALTER TABLE ledger ALTER COLUMN rolled_up DROP DEFAULT;
            ALTER TABLE ledger DISABLE TRIGGER ledger_rolled_up;
            UPDATE usage_state SET done = false, hours_done = false
            """);
        await AddAsync(200);
        await _data.ScalarAsync("ALTER TABLE ledger ALTER COLUMN rolled_up SET DEFAULT true; ALTER TABLE ledger ENABLE TRIGGER USER");
        await ForgetAsync();
        await MigrateAsync();
        await CheckAsync([], _ => true);
        var late = await AddAsync(50);
        await CheckAsync(late, _ => true);
        await _ledger.RollUpAsync(50, CancellationToken.None);
        var ids = Booked.Except(late).Select(entry => entry.Id.ToString()).Order(StringComparer.Ordinal).ToList();
        await _data.ScalarAsync($"UPDATE usage_state SET rolled_up_to = '{ids[149]}', done = false");
        await RollUpAsync();
        await CheckAsync(Booked, _ => true);
    }

    [Fact]
    public async Task What_an_older_version_inserts_while_the_migration_begins_is_in_once()
    {
        await AddAsync(100);
        await ForgetAsync();
        await using var older = new NpgsqlConnection(_data.ConnectionString);
        await older.OpenAsync();
        await using var insert = await older.BeginTransactionAsync();
        var during = Entries(40);
        await PostgresLedger.InsertAsync(_data.Database, older, Placed(during), CancellationToken.None);
        Booked.AddRange(during);
        var migration = MigrateAsync();
        // It waits for the one that inserts; what comes then waits for it.
        while (!(bool)(await _data.ScalarAsync(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"))!)
            Assert.False(migration.IsCompleted);
        var later = Entries(30);
        var after = BookAsync(later);
        await insert.CommitAsync();
        await migration;
        await after;
        Booked.AddRange(later);
        await CheckAsync(later, _ => true);
        await RollUpAsync();
        await CheckAsync(Booked, _ => true);
    }

    protected override async Task BookAsync(IReadOnlyList<LedgerEntry> entries) => await _ledger.InsertAsync(Placed(entries), CancellationToken.None);

    protected override async Task ForgetAsync()
    {
        // The trigger's function as it was made at first.
        var first = new MigrationFiles("postgres").Sql("0013_usage.sql");
        first = first[first.IndexOf("CREATE FUNCTION ledger_roll_up()", StringComparison.Ordinal)..];
        first = first[..(first.IndexOf("END $$;", StringComparison.Ordinal) + 7)].Replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", StringComparison.Ordinal);
        await _data.ScalarAsync(first);
        await _data.ScalarAsync(
            """
            DROP AGGREGATE usage_total(bigint);
            ALTER TABLE usage_state DROP COLUMN hours_filled_to, DROP COLUMN hours_done;
            ALTER TABLE ledger DROP COLUMN in_tenant_hours;
            DROP TABLE usage_tenant_hours;
            DELETE FROM schema_migrations WHERE name = ANY ('{0019_usage_tenant_hours.sql,0024_usage_plain_sums.sql}')
            """);
    }

    protected override async Task MigrateAsync() => Assert.Equal(
        ["0019_usage_tenant_hours.sql", "0024_usage_plain_sums.sql"], await PostgresMigrations.ApplyAsync(_data.Database.Source, CancellationToken.None));

    protected override Task ReopenAsync()
    {
        _ledger = new PostgresLedger(_data.Database);
        return Task.CompletedTask;
    }

    protected override async Task MarkBilledAsync() => await _data.ScalarAsync("UPDATE usage_tenant_hours SET unbilled = false");

    protected override async Task<IReadOnlyList<(string Tenant, long At, long Requests, long Cost, long Charged, long Input, bool Unbilled)>> RowsAsync() =>
        await _data.Database.ReadAsync(
            async connection => await new LedgerQuery().ReadAsync(
                connection,
                "SELECT tenant, at, requests, cost, charged, input, unbilled FROM usage_tenant_hours ORDER BY tenant, at",
                row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetBoolean(6)),
                CancellationToken.None),
            CancellationToken.None);

    private List<PlacedEntry> Placed(IReadOnlyList<LedgerEntry> entries) => [.. entries.Select(entry => new PlacedEntry(entry, new Place(1, ++_sequence)))];
}
