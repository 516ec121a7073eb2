using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// Applies the numbered SQL files that the program carries, each once, in order, each in a transaction of its own. Of several processes one applies
/// them, under an advisory lock; the others wait and find them applied.
/// </summary>
public static class PostgresMigrations
{
    private static readonly MigrationFiles Files = new("postgres");

    /// <returns>The names of the files that this call applied.</returns>
    /// <exception cref="InvalidOperationException">The database has a migration that this version does not know.</exception>
    /// <exception cref="StoreUnavailableException">The database can't be reached, or refused a statement.</exception>
    public static async Task<IReadOnlyList<string>> ApplyAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var connection = await PostgresFaults.MapAsync(
            async () => await dataSource.OpenConnectionAsync(cancellationToken), cancellationToken);
        // Closing the session lets the lock go too, should this process end in between.
        var applied = await PostgresFaults.MapAsync(() => LockAsync(connection, cancellationToken), cancellationToken);
        var missing = Files.Missing(applied, "The database");
        return await PostgresFaults.MapAsync(
            async () =>
            {
                foreach (var name in missing)
                    await ApplyAsync(connection, name, cancellationToken);
                await ExecuteAsync(connection, $"SELECT pg_advisory_unlock({AdvisoryLocks.Migrations})", cancellationToken);
                return missing;
            },
            cancellationToken);
    }

    /// <summary>Answers what is applied once it holds the lock.</summary>
    private static async Task<List<string>> LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, $"SELECT pg_advisory_lock({AdvisoryLocks.Migrations})", cancellationToken);
        await ExecuteAsync(
            connection,
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                name       text COLLATE "C" PRIMARY KEY,
                applied_at timestamptz NOT NULL DEFAULT now())
            """,
            cancellationToken);
        await using var command = new NpgsqlCommand("SELECT name FROM schema_migrations", connection);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await rows.ReadAsync(cancellationToken))
            names.Add(rows.GetString(0));
        return names;
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, Files.Sql(name), cancellationToken);
        await using (var command = new NpgsqlCommand("INSERT INTO schema_migrations (name) VALUES ($1)", connection))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Without a time limit: others may hold the lock for long, and a migration of a large table takes what it takes.</summary>
    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
