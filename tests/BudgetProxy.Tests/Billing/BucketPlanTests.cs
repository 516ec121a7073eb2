using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Embedded;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;
using Npgsql;

namespace BudgetProxy.Tests.Billing;

/// <summary>How both databases find a tenant's buckets of a day among 200,000 of 400 tenants.</summary>
public sealed class BucketPlanTests
{
    private const long Hour = 3_600_000;
    private const long Day = 24 * Hour;
    private const string Tenants = "'t' || (n % 400)";

    [Fact(Timeout = 120_000)]
    public void The_embedded_one_reads_the_day_and_no_more()
    {
        using var folder = new TempFolder();
        using var database = new EmbeddedDatabase(folder.Path);
        using var connection = database.OpenConnection();
        connection.Run(
            $"""
            WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 199999)
            INSERT INTO billing_buckets (id, tenant, meter, hour, number, amount, value, cut_at, state, customer, stamp)
            SELECT 'id' || n, {Tenants}, 'm', n / 400 * {Hour}, n, 1, 1, 0, 'sent', 'cus_1', n / 400 * {Hour} + 5 FROM numbers
            """);
        var plan = Assert.Single(connection.Query(
            "EXPLAIN QUERY PLAN " + SqliteBillingStore.Verify, row => row.GetString(3),
            ("$tenant", "t5"), ("$meter", "m"), ("$customer", "cus_1"), ("$from", 2 * Day), ("$to", 3 * Day)));
        Assert.Contains("USING INDEX billing_buckets_tenant_stamp (tenant=? AND meter=? AND <expr>>? AND <expr><?)", plan, StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task The_shared_one_reads_the_day_and_no_more()
    {
        await using var database = new PostgresDatabase(await Databases.NewAsync());
        await PostgresMigrations.ApplyAsync(database.Source, default);
        await RunAsync(
            $"""
            INSERT INTO billing_buckets (id, tenant, meter, hour, number, amount, value, cut_at, state, customer, stamp)
            SELECT gen_random_uuid(), {Tenants}, 'm', n / 400 * {Hour}, n, 1, 1, 0, 'sent', 'cus_1', n / 400 * {Hour} + 5 FROM generate_series(0, 199999) n
            """);
        await RunAsync("ANALYZE billing_buckets");
        var plan = await RunAsync("EXPLAIN " + PostgresBillingStore.Verify, "t5", "m", 2 * Day, 3 * Day, "cus_1");
        Assert.Contains("billing_buckets_tenant_stamp", plan, StringComparison.Ordinal);
        Assert.Contains("(COALESCE(stamp, hour) >= ", plan.Split('\n').Single(line => line.Contains("Index Cond", StringComparison.Ordinal)), StringComparison.Ordinal);

        async Task<string> RunAsync(string sql, params object[] values)
        {
            await using var command = database.Source.CreateCommand(sql);
            // So many rows take their time on a machine that does other things too.
            command.CommandTimeout = 200;
            foreach (var value in values)
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            await using var rows = await command.ExecuteReaderAsync();
            var lines = new List<string>();
            while (await rows.ReadAsync())
                lines.Add(rows.GetString(0));
            return string.Join('\n', lines);
        }
    }
}
