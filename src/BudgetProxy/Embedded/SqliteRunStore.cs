using BudgetProxy.Core.Money;
using BudgetProxy.Reservations;
using BudgetProxy.Runs;
using BudgetProxy.Storage;
using Microsoft.Data.Sqlite;

namespace BudgetProxy.Embedded;

/// <summary>Runs with a limit of their own, in the embedded database. Each step takes a connection of its own and is on disk when it returns.</summary>
public sealed class SqliteRunStore(EmbeddedDatabase database, TimeProvider clock) : IRunStore
{
    private const string Columns = "tenant, run, limit_nanos, started_at, ended_at, changed_at";

    public ValueTask<Run> PutAsync(string tenant, string run, NanoUsd limit, CancellationToken cancellationToken) => Run(
        connection =>
        {
            connection.Run(
                $"""
                INSERT INTO runs ({Columns}) VALUES ($tenant, $run, $limit, $now, NULL, $now)
                ON CONFLICT (tenant, run) DO UPDATE SET limit_nanos = $limit, changed_at = max(changed_at + 1, $now) WHERE ended_at IS NULL
                """,
                ("$tenant", tenant), ("$run", run), ("$limit", limit.Value), ("$now", Now()));
            return Find(connection, tenant, run)!;
        },
        cancellationToken);

    public ValueTask<Run?> FindAsync(string tenant, string run, CancellationToken cancellationToken) =>
        Run(connection => Find(connection, tenant, run), cancellationToken);

    public ValueTask<Run?> EndAsync(string tenant, string run, CancellationToken cancellationToken) => Run(
        connection =>
        {
            connection.Run(
                "UPDATE runs SET ended_at = $now, changed_at = max(changed_at + 1, $now) WHERE tenant = $tenant AND run = $run AND ended_at IS NULL",
                ("$tenant", tenant), ("$run", run), ("$now", Now()));
            return Find(connection, tenant, run);
        },
        cancellationToken);

    public async ValueTask TouchAsync(string tenant, string run, CancellationToken cancellationToken) => await Run(
        connection =>
        {
            connection.Run(
                "UPDATE runs SET changed_at = max(changed_at + 1, $now) WHERE tenant = $tenant AND run = $run",
                ("$tenant", tenant), ("$run", run), ("$now", Now()));
            return true;
        },
        cancellationToken);

    public ValueTask<(IReadOnlyList<Run> Runs, DateTimeOffset Now)> ChangedAsync(DateTimeOffset since, CancellationToken cancellationToken) => Run(
        connection => ((IReadOnlyList<Run>)connection.Query(
            $"SELECT {Columns} FROM runs WHERE changed_at >= $since", Read, ("$since", since.ToUnixTimeMilliseconds())), clock.GetUtcNow()),
        cancellationToken);

    public async ValueTask ForgetAsync(int days, CancellationToken cancellationToken) => await Run(
        connection =>
        {
            connection.Run("DELETE FROM runs WHERE changed_at < $before", ("$before", clock.GetUtcNow().AddDays(-days).ToUnixTimeMilliseconds()));
            return true;
        },
        cancellationToken);

    private static Run? Find(SqliteConnection connection, string tenant, string run) => connection.Query(
        $"SELECT {Columns} FROM runs WHERE tenant = $tenant AND run = $run", Read, ("$tenant", tenant), ("$run", run)).FirstOrDefault();

    private static Run Read(SqliteDataReader row) => new()
    {
        Tenant = row.GetString(0),
        Id = row.GetString(1),
        Limit = new NanoUsd(row.GetInt64(2)),
        StartedAt = row.Instant(3),
        EndedAt = row.IsDBNull(4) ? null : row.Instant(4),
        ChangedAt = row.Instant(5),
    };

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private ValueTask<T> Run<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var connection = database.OpenConnection();
            return ValueTask.FromResult(work(connection));
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException("Runs could not be read or written.", e);
        }
    }
}
