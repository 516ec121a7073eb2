using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>Steps on the embedded database, each on a connection of its own and beside the caller; on disk when they return.</summary>
/// <param name="failure">What could not be done, in a sentence, where the database can't be used.</param>
internal sealed class SqliteSteps(EmbeddedDatabase database, string failure)
{
    /// <param name="inTransaction">True: all of it or nothing.</param>
    /// <exception cref="StoreUnavailableException">The database can't be used.</exception>
    public async ValueTask<T> RunAsync<T>(Func<SqliteConnection, T> step, bool inTransaction, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(
                () =>
                {
                    using var connection = database.OpenConnection();
                    if (!inTransaction)
                        return step(connection);
                    using var transaction = connection.BeginTransaction();
                    var result = step(connection);
                    transaction.Commit();
                    return result;
                },
                cancellationToken);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException(failure, e);
        }
    }

    /// <summary>Only conditions that are wanted, since SQLite finds no index for one that a parameter turns off.</summary>
    public static string Where(params ReadOnlySpan<(object? Value, string Condition)> conditions)
    {
        var wanted = new List<string>();
        foreach (var (value, condition) in conditions)
        {
            if (value is not null)
                wanted.Add(condition);
        }

        return wanted.Count == 0 ? "TRUE" : string.Join(" AND ", wanted);
    }

    /// <summary>Rows that a statement inserted, changed or deleted.</summary>
    public static int Changed(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        connection.Run(sql, parameters);
        return connection.Query("SELECT changes()", row => row.GetInt32(0))[0];
    }
}
