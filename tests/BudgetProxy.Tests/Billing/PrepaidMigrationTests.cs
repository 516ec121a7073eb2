using BudgetProxy.Billing;
using BudgetProxy.Ledger;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace BudgetProxy.Tests.Billing;

/// <summary>A database in which the plan at the cut decided what was billed becomes one in which each entry says it.</summary>
public sealed class PrepaidMigrationTests
{
    private const string Since = "0025";
    private static readonly DateTimeOffset Noon = new(2026, 3, 10, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Tenant, hour, whether it has changed since it was cut, whether a bucket of it was made, and whether it was cut as prepaid.</summary>
    private static readonly (string Tenant, int Hour, bool IsOpen, bool HasBucket, bool WasPrepaid)[] Hours =
    [
        ("paid", 0, false, false, true), ("paid", 1, false, true, false), ("paid", 2, true, false, false), ("paid", 3, true, true, false), ("paid", 4, false, false, false),
        ("left", 0, false, false, true), ("left", 1, true, false, false), ("left", 2, true, true, true), ("met", 0, true, false, false), ("met", 1, false, true, false),
    ];

    [Fact]
    public async Task An_embedded_one_bills_nothing_twice()
    {
        using var folder = new TempFolder();
        SqliteLibrary.EnsureLoaded();
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder.Path, "budgetproxy.db")};Pooling=False"))
        {
            await connection.OpenAsync();
            await RunAsync("CREATE TABLE schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL DEFAULT '')");
            await SetUpAsync(new MigrationFiles("sqlite"), RunAsync, "[]");
            foreach (var (tenant, hour, _, _, _) in Hours)
                await RunAsync(EntryOf(tenant, hour));
            var amounts = string.Join(", ", UsageAmounts.Columns.Select(column => column switch { "requests" => "count(*)", "cost" or "charged" => $"sum({column})", _ => "0" }));
            await RunAsync(
                $"""
                INSERT INTO usage_tenant_hours (tenant, at, {string.Join(", ", UsageAmounts.Columns)}, unbilled)
                SELECT tenant, settled_at - settled_at % 3600000, {amounts}, 1 FROM ledger GROUP BY 1, 2;
                UPDATE usage_state SET rolled_up_to = (SELECT max(seq) FROM ledger);
                """);
            // Not added to the hours yet.
            await RunAsync(EntryOf("paid", 5));
            await RunAsync(EntryOf("met", 5));
            await CutAsync(RunAsync);

            async Task RunAsync(string sql)
            {
                await using var command = connection.CreateCommand();
                command.CommandText = sql;
                await command.ExecuteNonQueryAsync();
            }
        }

        await using var factory = new SqliteBillingFactory(folder.Path);
        await factory.BookAsync([], Noon.AddHours(6));
        await CheckAsync(factory, [("left", 1), ("met", 0), ("met", 5)]);

        static string EntryOf(string tenant, int hour)
        {
            var at = Noon.AddHours(hour).ToUnixTimeMilliseconds();
            return $"""
                INSERT INTO ledger (id, request_id, tenant, key, provider, api, model, streamed, started_at, input, cached_input, cache_write_short, cache_write_long, output, reasoning,
                    audio_input, audio_output, image_input, tool_calls, basis, cost, charged, reserved, overrun, status, settled_at)
                VALUES (randomblob(16), randomblob(16), '{tenant}', 'k', 'openai', 'a', 'm', 0, {at}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1000, 1000, 0, 0, 200, {at})
                """;
        }
    }

    [Fact]
    public async Task A_shared_one_bills_nothing_twice()
    {
        var database = await Databases.NewAsync();
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync();
            await RunAsync("""CREATE TABLE schema_migrations (name text COLLATE "C" PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())""");
            await SetUpAsync(new MigrationFiles("postgres"), RunAsync, "{}");
            foreach (var (tenant, hour, _, _, _) in Hours)
                await RunAsync(EntryOf(tenant, hour));
            await CutAsync(RunAsync);

            async Task RunAsync(string sql)
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.ExecuteNonQueryAsync();
            }

            await using var factory = await PostgresBillingFactory.CreateAsync(database);
            // As a proxy of before inserts them, during a rolling upgrade.
            await RunAsync(EntryOf("paid", 5));
            await RunAsync(EntryOf("met", 5));
            await CheckAsync(factory, [("left", 1), ("met", 0), ("met", 5)]);
        }

        static string EntryOf(string tenant, int hour)
        {
            var at = Noon.AddHours(hour).ToString("u");
            return $"""
                INSERT INTO ledger (id, request_id, tenant, key, provider, api, model, streamed, started_at, input, cached_input, cache_write_short, cache_write_long, output, reasoning,
                    audio_input, audio_output, image_input, tool_calls, basis, cost, charged, reserved, overrun, status, settled_at, generation, sequence, cache_saved)
                VALUES (gen_random_uuid(), gen_random_uuid(), '{tenant}', 'k', 'openai', 'a', 'm', false, '{at}', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1000, 1000, 0, 0, 200, '{at}', 1, 1, 0)
                """;
        }
    }

    /// <param name="none">An empty list.</param>
    private static async Task SetUpAsync(MigrationFiles files, Func<string, Task> run, string none)
    {
        foreach (var name in files.Names().Where(name => string.CompareOrdinal(name, Since) < 0))
        {
            await run(files.Sql(name));
            await run($"INSERT INTO schema_migrations (name) VALUES ('{name}')");
        }

        await run($"INSERT INTO plans (id, allowed_models, budgets, billing) VALUES ('before', '{none}', '[]', 'prepaid'), ('after', '{none}', '[]', 'metered')");
        foreach (var (id, plan) in new[] { ("paid", "before"), ("left", "after"), ("met", "after") })
            await run($"INSERT INTO tenants (id, markup_basis_points, allowed_models, suspended, plan) VALUES ('{id}', 0, '{none}', (1 = 0), '{plan}')");
        await run("INSERT INTO billing_totals (tenant, meter, amount, value, buckets) VALUES ('paid', 'money', 2000, 2, 2), ('left', 'money', 400, 0, 1), ('met', 'money', 1000, 1, 1)");
    }

    /// <summary>Lets the hours be cut as they were.</summary>
    private static async Task CutAsync(Func<string, Task> run)
    {
        foreach (var (tenant, hour, isOpen, hasBucket, wasPrepaid) in Hours)
        {
            var at = Noon.AddHours(hour).ToUnixTimeMilliseconds();
            if (!isOpen)
                await run($"UPDATE usage_tenant_hours SET unbilled = (1 = 0) WHERE tenant = '{tenant}' AND at = {at}");
            if (wasPrepaid)
                await run($"INSERT INTO billing_prepaid (tenant, meter, hour, amount, value) VALUES ('{tenant}', 'money', {at}, 600, 0)");
            if (hasBucket)
            {
                await run(
                    "INSERT INTO billing_buckets (id, tenant, meter, hour, number, amount, value, cut_at, state) "
                    + $"VALUES ('{Guid.CreateVersion7(Noon)}', '{tenant}', 'money', {at}, 0, {(tenant == "left" ? 400 : 1000)}, 1, {at}, 'sent')");
            }
        }
    }

    private static async Task CheckAsync(IBillingStoreFactory factory, (string Tenant, int Hour)[] open)
    {
        var reading = await factory.Accruals.ReadAsync(null, 100, default);
        Assert.Equal(open, reading.Hours.Select(hour => (hour.Tenant, (int)(hour.Hour - Noon).TotalHours)));
        Assert.All(reading.Hours, hour => Assert.Equal(1_000, hour.Charged.Value));
        foreach (var (tenant, billed) in new[] { ("paid", new[] { 1 }), ("left", [1]), ("met", [0, 1, 5]) })
        {
            Assert.Equal(billed, (await factory.Accruals.MonthAsync(tenant, Accrual.MonthOf(Noon), default)).Select(hour => (int)(hour.Hour - Noon).TotalHours));
            for (var hour = 0; hour < 6; hour++)
                Assert.Equal(billed.Contains(hour) ? 1 : 0, await factory.Accruals.FirstEntriesAsync(tenant, Noon.AddHours(hour), default).CountAsync());
        }

        // What was reserved before the migration, and does not say how it pays.
        await factory.BookAsync([CutScene.Entry("paid", Noon.AddHours(7), (5, 5, 5)), CutScene.Entry("met", Noon.AddHours(7), (5, 5, 5))], Noon.AddHours(7));
        Assert.Equal([.. open, ("met", 7)], (await factory.Accruals.ReadAsync(null, 100, default)).Hours.Select(hour => (hour.Tenant, (int)(hour.Hour - Noon).TotalHours)));
    }
}
