using BudgetProxy.Tests.Infrastructure;
using Npgsql;

namespace BudgetProxy.Tests.Distributed.Postgres;

/// <summary>What the other tests rely on.</summary>
public sealed class PostgresServerTests
{
    [Fact]
    public async Task A_server_keeps_what_was_committed_through_a_crash_and_leaves_nothing_when_it_is_gone()
    {
        var server = await PostgresServer.StartAsync();
        int first, second;
        await using (server)
        {
            var database = await server.CreateDatabaseAsync();
            await ScalarAsync(database, "CREATE TABLE kept AS SELECT 7 AS number");
            first = server.Pid;
            await server.StopAsync(immediate: true);
            await Assert.ThrowsAsync<NpgsqlException>(() => ScalarAsync(database, "SELECT 1"));
            await server.StartAgainAsync();
            second = server.Pid;
            Assert.NotEqual(first, second);
            Assert.Equal(7, await ScalarAsync(database, "SELECT number FROM kept"));
            Assert.Equal("on", await ScalarAsync(database, "SHOW synchronous_commit"));
        }

        Assert.False(Directory.Exists($"/proc/{first}"));
        Assert.False(Directory.Exists($"/proc/{second}"));
    }

    [Fact]
    public async Task Databases_of_the_shared_server_are_apart()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => SharedPostgres.CreateDatabaseAsync()));
        foreach (var database in databases)
            await ScalarAsync(database, "CREATE TABLE mine (id int)");
    }

    private static async Task<object?> ScalarAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
