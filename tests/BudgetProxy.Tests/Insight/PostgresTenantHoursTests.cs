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
        await InsertAsOlderAsync(older, during);
        Booked.AddRange(during);
        var migration = MigrateAsync();
        // It waits for the one that inserts; what comes then waits for it.
        while (!(bool)(await _data.ScalarAsync(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"))!)
            Assert.False(migration.IsCompleted);
        var later = Entries(30);
        var after = BookAsOlderAsync(later);
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
            ALTER TABLE ledger DROP COLUMN prepaid;
            DROP TABLE usage_tenant_hours;
            DROP TABLE prepaid_before;
            CREATE TABLE billing_prepaid (tenant text COLLATE "C", hour bigint);
            DELETE FROM schema_migrations WHERE name = ANY ('{0019_usage_tenant_hours.sql,0024_usage_plain_sums.sql,0025_prepaid_entries.sql}')
            """);
    }

    protected override async Task MigrateAsync() => Assert.Equal(
        ["0019_usage_tenant_hours.sql", "0024_usage_plain_sums.sql", "0025_prepaid_entries.sql"], await PostgresMigrations.ApplyAsync(_data.Database.Source, CancellationToken.None));

    protected override Task ReopenAsync()
    {
        _ledger = new PostgresLedger(_data.Database);
        return Task.CompletedTask;
    }

    protected override async Task MarkBilledAsync() => await _data.ScalarAsync("UPDATE usage_tenant_hours SET unbilled = false");

    protected override async Task<IReadOnlyList<(string Tenant, long At, bool Prepaid, long Requests, long Cost, long Charged, long Input, bool Unbilled)>> RowsAsync() =>
        await _data.Database.ReadAsync(
            async connection => await new LedgerQuery().ReadAsync(
                connection,
                "SELECT tenant, at, prepaid, requests, cost, charged, input, unbilled FROM usage_tenant_hours ORDER BY tenant, at, prepaid",
                row => (row.GetString(0), row.GetInt64(1), row.GetBoolean(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6), row.GetBoolean(7)),
                CancellationToken.None),
            CancellationToken.None);

    private async Task BookAsOlderAsync(List<LedgerEntry> entries)
    {
        await using var connection = new NpgsqlConnection(_data.ConnectionString);
        await connection.OpenAsync();
        await InsertAsOlderAsync(connection, entries);
    }

    /// <summary>As a version does that knows nothing of prepaid entries.</summary>
    private async Task InsertAsOlderAsync(NpgsqlConnection connection, List<LedgerEntry> entries)
    {
        var columns = LedgerRows.All.Where(column => column.Name != "prepaid").ToList();
        var names = string.Join(", ", columns.Select(column => column.Name));
        await using var insert = new NpgsqlCommand(
            $"INSERT INTO ledger ({names}) SELECT {string.Join(", ", columns.Select(column => column.Selected))} "
            + $"FROM unnest({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))}) AS entries ({names})",
            connection);
        foreach (var column in columns)
            insert.Parameters.Add(column.Values(Placed(entries)));
        await insert.ExecuteNonQueryAsync();
    }

    private List<PlacedEntry> Placed(IReadOnlyList<LedgerEntry> entries) => [.. entries.Select(entry => new PlacedEntry(entry, new Place(1, ++_sequence)))];
}
