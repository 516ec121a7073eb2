using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Tests.Infrastructure;
using Npgsql;

namespace BudgetProxy.Tests.Distributed.Postgres;

/// <summary>A fresh database with the migrations applied.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private TestDatabase(string connectionString)
    {
        ConnectionString = connectionString;
        Database = new PostgresDatabase(connectionString);
    }

    public string ConnectionString { get; }

    public PostgresDatabase Database { get; }

    public static async Task<TestDatabase> CreateAsync(PostgresServer? server = null)
    {
        var database = new TestDatabase(await (server is null ? SharedPostgres.CreateDatabaseAsync() : server.CreateDatabaseAsync()));
        await PostgresMigrations.ApplyAsync(database.Database.Source, CancellationToken.None);
        return database;
    }

    /// <summary>Runs SQL as an operator would.</summary>
    public async Task<object?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
