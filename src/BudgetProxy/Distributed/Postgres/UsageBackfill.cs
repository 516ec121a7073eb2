using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// Adds the entries of before there were sums to them, in the order of their ids, page by page, by one proxy at a time. Every later entry is added by the
/// database itself as it is inserted.
/// </summary>
internal sealed class UsageBackfill(PostgresDatabase database)
{
    private static readonly (UsageGroups Group, string Name)[] KeyColumns =
    [
        (UsageGroups.Tenant, "tenant"), (UsageGroups.User, "\"user\""), (UsageGroups.Project, "project"), (UsageGroups.Key, "key"), (UsageGroups.Provider, "provider"),
        (UsageGroups.Model, "model"),
    ];

    private volatile bool _done;

    /// <returns>Nothing left = it is done, or another proxy is at it.</returns>
    public async Task<RollUpStep> StepAsync(int most, Func<LedgerEntry, NanoUsd> saved, CancellationToken cancellationToken)
    {
        if (_done)
            return default;
        return await database.WriteAsync(connection => StepAsync(connection, most, saved, cancellationToken), cancellationToken);
    }

    private async Task<RollUpStep> StepAsync(NpgsqlConnection connection, int most, Func<LedgerEntry, NanoUsd> saved, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await UsageState.TakeAsync(connection, cancellationToken) is not { } state)
            return default;
        _done = state.Done && state.HoursDone;
        if (_done)
            return default;
        // The other sums first: reports wait for those.
        var (levels, mark, after) = state.Done ? (UsageLevels.TenantHours, "in_tenant_hours", state.HoursFilledTo) : (UsageLevels.BeforeTenantHours, "rolled_up", state.RolledUpTo);
        var query = new LedgerQuery();
        query.And($"{mark} IS NULL");
        if (after is { } last)
            query.And($"id > {query.Parameter(last)}");
        var page = await query.ReadAsync(
            connection, $"SELECT {LedgerRows.Columns} FROM ledger WHERE {query.Conditions} ORDER BY id LIMIT {most}", row => LedgerRows.Read(row).Entry, cancellationToken);
        var rows = new UsageRows(levels);
        foreach (var entry in page)
            rows.Add(entry, saved(entry));
        foreach (var level in levels)
            await AddAsync(connection, level, rows.Of(level), cancellationToken);
        var upTo = page.Count == 0 ? after : page[^1].Id;
        var ended = page.Count < most;
        state = state.Done ? state with { HoursFilledTo = upTo, HoursDone = ended } : state with { RolledUpTo = upTo, Done = ended };
        await MoveAsync(connection, state, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        _done = state.Done && state.HoursDone;
        return new RollUpStep(page.Count, _done ? 0 : await LeftAsync(connection, ended ? Guid.Empty : page[^1].Id, cancellationToken));
    }

    private static async Task MoveAsync(NpgsqlConnection connection, UsageState state, CancellationToken cancellationToken)
    {
        await using var move = new NpgsqlCommand("UPDATE usage_state SET rolled_up_to = $1, done = $2, hours_filled_to = $3, hours_done = $4", connection);
        move.Parameters.Add(new NpgsqlParameter { Value = (object?)state.RolledUpTo ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        move.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = state.Done });
        move.Parameters.Add(new NpgsqlParameter { Value = (object?)state.HoursFilledTo ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        move.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = state.HoursDone });
        await move.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>From the planner's own count: to count them all would take as long as to add them up.</summary>
    private static async Task<long> LeftAsync(NpgsqlConnection connection, Guid after, CancellationToken cancellationToken)
    {
        var query = new LedgerQuery();
        var found = await query.ReadAsync(
            connection,
            $"""
            SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'ledger'::regclass AND EXISTS (SELECT 1 FROM ledger WHERE id > {query.Parameter(after)})
            """,
            row => row.GetInt64(0),
            cancellationToken);
        return Math.Max(1, found[0]);
    }

    private static async Task AddAsync(
        NpgsqlConnection connection, UsageLevel level, IReadOnlyList<KeyValuePair<UsageKey, UsageAmounts>> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;
        var table = UsageLevels.Table(level);
        var keys = KeyColumns.Where(column => UsageLevels.Keys(level).HasFlag(column.Group)).ToList();
        string[] own = ["at", .. keys.Select(column => column.Name), .. level == UsageLevel.TenantHours ? ["prepaid"] : Array.Empty<string>()];
        string[] columns = [.. own, .. UsageAmounts.Columns];
        var names = string.Join(", ", columns);
        await using var add = new NpgsqlCommand(
            $"INSERT INTO {table} ({names}) SELECT * FROM unnest({string.Join(", ", columns.Select((_, i) => $"${i + 1}"))}) "
            + $"ON CONFLICT ({string.Join(", ", own)}) DO UPDATE SET "
            + string.Join(", ", UsageAmounts.Columns.Select(column => $"{column} = usage_sum({table}.{column}::numeric + excluded.{column})"))
            + (level == UsageLevel.TenantHours ? ", unbilled = true" : ""),
            connection);
        add.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => row.Key.At)] });
        foreach (var (group, _) in keys)
            add.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. rows.Select(row => row.Key.Text(group))] });
        if (level == UsageLevel.TenantHours)
            add.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. rows.Select(row => row.Key.Prepaid)] });
        for (var i = 0; i < UsageAmounts.Columns.Length; i++)
        {
            var column = i;
            add.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => row.Value[column])] });
        }

        await add.ExecuteNonQueryAsync(cancellationToken);
    }
}
