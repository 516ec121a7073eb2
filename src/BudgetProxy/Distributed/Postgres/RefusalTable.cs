using BudgetProxy.Insight;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Refusals of all proxies, by hour.</summary>
internal sealed class RefusalTable(PostgresDatabase database)
{
    /// <summary>Both tables in one statement: all or nothing. Rows in the order of their keys, so that proxies don't wait for each other in a circle.</summary>
    private const string Add =
        """
        WITH counted AS (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7) AS c (tenant, at, code, budget, model, count, last_at)),
        detail AS (
            INSERT INTO refusals (tenant, at, code, budget, model, count, last_at)
            SELECT tenant, at, code, budget, model, sum(count)::bigint, max(last_at) FROM counted GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (tenant, at, code, budget, model)
            DO UPDATE SET count = refusals.count + excluded.count, last_at = greatest(refusals.last_at, excluded.last_at)
            RETURNING 1)
        INSERT INTO refusal_hours (at, code, count)
        SELECT at, code, sum(count)::bigint FROM counted, (SELECT count(*) FROM detail) AS first (rows) GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT (at, code) DO UPDATE SET count = refusal_hours.count + excluded.count
        """;

    public Task<int> AddAsync(IReadOnlyList<RefusalCount> counts, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(Add, connection);
            command.Parameters.Add(Values(counts, count => LedgerTexts.Clean(count.Tenant)));
            command.Parameters.Add(Values(counts, count => count.Hour.ToUnixTimeMilliseconds()));
            command.Parameters.Add(Values(counts, count => count.Code));
            command.Parameters.Add(Values(counts, count => LedgerTexts.Clean(count.Budget)));
            command.Parameters.Add(Values(counts, count => LedgerTexts.Clean(count.Model)));
            command.Parameters.Add(Values(counts, count => count.Count));
            command.Parameters.Add(Values(counts, count => count.LastAt.ToUnixTimeMilliseconds()));
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    public Task<RefusalSummary> ReadAsync(string? tenant, DateTimeOffset from, int most, CancellationToken cancellationToken) => database.ReadAsync(
        async connection => new RefusalSummary(
            await RecentAsync(connection, tenant, from, most, cancellationToken), await HoursAsync(connection, tenant, from, cancellationToken)),
        cancellationToken);

    public Task<int> ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.WriteAsync(
        async connection =>
        {
            await using var command = new NpgsqlCommand(
                "WITH hours AS (DELETE FROM refusal_hours WHERE at < $1) DELETE FROM refusals WHERE at < $1", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = before.ToUnixTimeMilliseconds() });
            return await command.ExecuteNonQueryAsync(cancellationToken);
        },
        cancellationToken);

    private static Task<List<RefusalCount>> RecentAsync(
        NpgsqlConnection connection, string? tenant, DateTimeOffset from, int most, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        var since = query.Parameter(from.ToUnixTimeMilliseconds());
        query.And($"at >= {since}");
        if (tenant is not null)
            query.And($"tenant = {query.Parameter(tenant)}");
        return query.ReadAsync(
            connection,
            $"""
            SELECT tenant, code, budget, model,
                (SELECT sum(count)::bigint FROM refusals r
                 WHERE r.tenant = l.tenant AND r.at >= {since} AND r.code = l.code AND r.budget = l.budget AND r.model = l.model), last
            FROM (
                SELECT tenant, code, budget, model, max(last_at) AS last
                FROM (SELECT * FROM refusals WHERE {query.Conditions} ORDER BY last_at DESC LIMIT {RefusalLimits.MostSeen}) AS seen
                GROUP BY 1, 2, 3, 4 ORDER BY last DESC LIMIT {query.Parameter(most)}) AS l
            ORDER BY last DESC
            """,
            row => new RefusalCount(
                from, row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetInt64(4), Instants.Of(row.GetInt64(5))),
            cancellationToken);
    }

    private static Task<List<RefusalHour>> HoursAsync(NpgsqlConnection connection, string? tenant, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        query.And($"at >= {query.Parameter(from.ToUnixTimeMilliseconds())}");
        if (tenant is not null)
            query.And($"tenant = {query.Parameter(tenant)}");
        var sql = tenant is null
            ? $"SELECT at, code, count FROM refusal_hours WHERE {query.Conditions} ORDER BY 1, 2"
            : $"SELECT at, code, sum(count)::bigint FROM refusals WHERE {query.Conditions} GROUP BY 1, 2 ORDER BY 1, 2";
        return query.ReadAsync(connection, sql, row => new RefusalHour(Instants.Of(row.GetInt64(0)), row.GetString(1), row.GetInt64(2)), cancellationToken);
    }

    private static NpgsqlParameter<T[]> Values<T>(IReadOnlyList<RefusalCount> counts, Func<RefusalCount, T> value) =>
        new() { TypedValue = [.. counts.Select(value)] };
}
