using BudgetProxy.Audit;
using BudgetProxy.Reservations;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>The audit trail in the embedded database. Entries are rare, so each append takes a connection of its own, like the directory's changes.</summary>
public sealed class SqliteAuditStore(EmbeddedDatabase database) : IAuditStore
{
    public ValueTask AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            using var transaction = connection.BeginTransaction();
            Insert(connection, entries);
            transaction.Commit();
            return ValueTask.CompletedTask;
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("The audit trail could not be written.", e);
        }
    }

    public ValueTask<IReadOnlyList<AuditEntry>> ReadAsync(AuditFilter filter, int most, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        List<string> conditions = ["TRUE"];
        List<(string, object?)> parameters = [("$most", most)];
        And(filter.Tenant, "tenant = $tenant", "$tenant");
        And(filter.Action, "action = $action", "$action");
        And(filter.By, "(by_id = $by OR by_name = $by)", "$by");
        And(filter.From?.ToUnixTimeMilliseconds(), "at >= $from", "$from");
        And(filter.To?.ToUnixTimeMilliseconds(), "at < $to", "$to");
        And(filter.Below, "id < $below", "$below");
        try
        {
            using var connection = database.OpenConnection();
            return ValueTask.FromResult<IReadOnlyList<AuditEntry>>(connection.Query(
                $"SELECT id, at, by_id, by_name, action, target, tenant, before, after FROM audit WHERE {string.Join(" AND ", conditions)} ORDER BY id DESC LIMIT $most",
                Read,
                [.. parameters]));
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("The audit trail could not be read.", e);
        }

        void And(object? wanted, string condition, string parameter)
        {
            if (wanted is null)
                return;
            conditions.Add(condition);
            parameters.Add((parameter, wanted));
        }
    }

    /// <summary>Writes entries in the connection's transaction. Throws what SQLite throws.</summary>
    internal static void Insert(SqliteConnection connection, IReadOnlyList<AuditEntry> entries)
    {
        foreach (var entry in entries)
        {
            connection.Run(
                """
                INSERT INTO audit (at, by_id, by_name, action, target, tenant, before, after)
                VALUES ($at, $byId, $byName, $action, $target, $tenant, $before, $after)
                """,
                ("$at", entry.At.ToUnixTimeMilliseconds()), ("$byId", entry.By.Id), ("$byName", entry.By.Name), ("$action", entry.Action),
                ("$target", entry.Target), ("$tenant", entry.Tenant), ("$before", entry.Before), ("$after", entry.After));
        }
    }

    private static AuditEntry Read(SqliteDataReader row) => new(
        row.Instant(1), new AuditActor(row.GetString(2), row.GetString(3)), row.GetString(4), row.GetString(5), row.TextOrNull(6), row.TextOrNull(7),
        row.TextOrNull(8))
    {
        Id = row.GetInt64(0),
    };
}
