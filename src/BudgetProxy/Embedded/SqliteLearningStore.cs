using BudgetProxy.Core.Learning;
using BudgetProxy.Core.Requests;
using BudgetProxy.Learning;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>What was learned, in the embedded database. Like the directory it takes a connection of its own, for it writes every few seconds at most.</summary>
public sealed class SqliteLearningStore(EmbeddedDatabase database) : ILearningStore
{
    public ValueTask AddAsync(IReadOnlyList<(LearnedKey Key, LearnedPart Part)> parts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            using var transaction = connection.BeginTransaction();
            foreach (var (key, part) in parts)
                Add(connection, key, part);
            transaction.Commit();
            return ValueTask.CompletedTask;
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("What was learned could not be written.", e);
        }
    }

    public ValueTask<IReadOnlyList<LearnedRow>> ReadAsync(long version, int most, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            using var command = Command(
                connection,
                "SELECT provider, model, tenant, part, version FROM learned WHERE version > $version ORDER BY version DESC LIMIT $most",
                ("$version", version), ("$most", most));
            using var rows = command.ExecuteReader();
            var found = new List<LearnedRow>();
            while (rows.Read())
            {
                if (ProviderNames.TryParse(rows.GetString(0), out var provider) && LearnedPart.Read(rows.GetFieldValue<byte[]>(3)) is { } part)
                    found.Add(new LearnedRow(new LearnedKey(provider, rows.GetString(1), rows.GetString(2)), part, rows.GetInt64(4)));
            }

            return ValueTask.FromResult<IReadOnlyList<LearnedRow>>(found);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("What was learned could not be read.", e);
        }
    }

    private static void Add(SqliteConnection connection, LearnedKey key, LearnedPart part)
    {
        (string, object?)[] names = [("$provider", key.Provider.Name()), ("$model", key.Model), ("$tenant", key.Tenant)];
        using (var select = Command(connection, "SELECT part FROM learned WHERE tenant = $tenant AND provider = $provider AND model = $model", names))
        {
            if (select.ExecuteScalar() is byte[] bytes && LearnedPart.Read(bytes) is { } stored)
            {
                stored.Append(part);
                part = stored;
            }
        }

        connection.Run("UPDATE learned_versions SET last = last + 1", []);
        connection.Run(
            """
            INSERT INTO learned (provider, model, tenant, version, part)
            SELECT $provider, $model, $tenant, (SELECT last FROM learned_versions), $part
            WHERE $tenant = '' OR EXISTS (SELECT 1 FROM tenants WHERE id = $tenant)
            ON CONFLICT (tenant, provider, model) DO UPDATE SET version = excluded.version, part = excluded.part
            """,
            [.. names, ("$part", part.ToBytes())]);
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
