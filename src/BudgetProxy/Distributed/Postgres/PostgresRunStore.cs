using BudgetProxy.Core.Money;
using BudgetProxy.Runs;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Runs with a limit of their own, in the database that all proxies share, by its clock.</summary>
public sealed class PostgresRunStore(PostgresDatabase database) : IRunStore
{
    private const string Columns = "tenant, run, limit_nanos, started_at, ended_at, changed_at";
    private const string Now = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    private const string Select = $"SELECT {Columns} FROM runs WHERE tenant = $1 AND run = $2";

    public async ValueTask<Run> PutAsync(string tenant, string run, NanoUsd limit, CancellationToken cancellationToken)
    {
        await RunAsync(
            $"""
            INSERT INTO runs ({Columns}) VALUES ($1, $2, $3, {Now}, NULL, {Now})
            ON CONFLICT (tenant, run) DO UPDATE SET limit_nanos = $3, changed_at = greatest(runs.changed_at + 1, {Now}) WHERE runs.ended_at IS NULL
            """,
            cancellationToken, tenant, run, limit.Value);
        return (await RowsAsync(Select, cancellationToken, tenant, run))[0];
    }

    public async ValueTask<Run?> FindAsync(string tenant, string run, CancellationToken cancellationToken) =>
        (await RowsAsync(Select, cancellationToken, tenant, run)).FirstOrDefault();

    public async ValueTask<Run?> EndAsync(string tenant, string run, CancellationToken cancellationToken)
    {
        await RunAsync(
            $"UPDATE runs SET ended_at = {Now}, changed_at = greatest(changed_at + 1, {Now}) WHERE tenant = $1 AND run = $2 AND ended_at IS NULL",
            cancellationToken, tenant, run);
        return await FindAsync(tenant, run, cancellationToken);
    }

    public async ValueTask TouchAsync(string tenant, string run, CancellationToken cancellationToken) =>
        await RunAsync($"UPDATE runs SET changed_at = greatest(changed_at + 1, {Now}) WHERE tenant = $1 AND run = $2", cancellationToken, tenant, run);

    public async ValueTask<(IReadOnlyList<Run> Runs, DateTimeOffset Now)> ChangedAsync(DateTimeOffset since, CancellationToken cancellationToken) =>
        await database.WriteAsync<(IReadOnlyList<Run>, DateTimeOffset)>(
            async connection =>
            {
                await using var clock = new NpgsqlCommand($"SELECT {Now}", connection);
                var now = Instants.Of((long)(await clock.ExecuteScalarAsync(cancellationToken))!);
                return (await RowsAsync(connection, $"SELECT {Columns} FROM runs WHERE changed_at >= $1", cancellationToken, since.ToUnixTimeMilliseconds()), now);
            },
            cancellationToken);

    public async ValueTask ForgetAsync(int days, CancellationToken cancellationToken) =>
        await RunAsync($"DELETE FROM runs WHERE changed_at < {Now} - $1", cancellationToken, days * 86_400_000L);

    private static async Task<List<Run>> RowsAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Statement(sql, values);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Run>();
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add(new Run
            {
                Tenant = rows.GetString(0),
                Id = rows.GetString(1),
                Limit = new NanoUsd(rows.GetInt64(2)),
                StartedAt = Instants.Of(rows.GetInt64(3)),
                EndedAt = rows.IsDBNull(4) ? null : Instants.Of(rows.GetInt64(4)),
                ChangedAt = Instants.Of(rows.GetInt64(5)),
            });
        }

        return found;
    }

    private Task<int> RunAsync(string sql, CancellationToken cancellationToken, params object[] values) =>
        database.WriteAsync(connection => connection.RunAsync(sql, cancellationToken, values), cancellationToken);

    private Task<List<Run>> RowsAsync(string sql, CancellationToken cancellationToken, params object[] values) =>
        database.WriteAsync(connection => RowsAsync(connection, sql, cancellationToken, values), cancellationToken);
}
