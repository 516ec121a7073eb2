using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Storage;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class PostgresMigrationsTests
{
    [Fact]
    public async Task Of_three_that_start_at_once_one_applies_each_file_and_all_find_them_applied()
    {
        var connectionString = await SharedPostgres.CreateDatabaseAsync();
        var databases = Enumerable.Range(0, 3).Select(_ => new PostgresDatabase(connectionString)).ToList();
        var applied = await Task.WhenAll(
            databases.Select(database => Task.Run(() => PostgresMigrations.ApplyAsync(database.Source, CancellationToken.None))));
        Assert.Equal(new MigrationFiles("postgres").Names(), applied.SelectMany(names => names));
        Assert.Equal(2, applied.Count(names => names.Count == 0));
        foreach (var database in databases)
        {
            Assert.Empty(await PostgresMigrations.ApplyAsync(database.Source, CancellationToken.None));
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused_and_its_lock_let_go()
    {
        await using var data = await TestDatabase.CreateAsync();
        await data.ScalarAsync("INSERT INTO schema_migrations (name) VALUES ('9999_future.sql')");
        for (var i = 0; i < 2; i++)
        {
            await using var other = new PostgresDatabase(data.ConnectionString);
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => PostgresMigrations.ApplyAsync(other.Source, CancellationToken.None));
            Assert.Contains("9999_future.sql", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Both_databases_have_the_same_numbers() => Assert.Equal(
        new MigrationFiles("sqlite").Names().Select(name => name[..4]), new MigrationFiles("postgres").Names().Select(name => name[..4]));
}
