using System.Text;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>Totals of the ledger by group.</summary>
internal static class LedgerTotals
{
    private static readonly string[] Sums =
    [
        "input", "cached_input", "cache_write_short", "cache_write_long", "output", "reasoning", "audio_input", "audio_output", "image_input",
        "tool_calls", "image_output", "file_searches", "code_sessions", "cost", "charged", "overrun",
    ];

    private static readonly (UsageGroups Group, string Expression, string Type)[] Groups =
    [
        (UsageGroups.Tenant, "tenant", "text"),
        (UsageGroups.User, "\"user\"", "text"),
        (UsageGroups.Project, "project", "text"),
        (UsageGroups.Key, "key", "text"),
        (UsageGroups.Model, "model", "text"),
        (UsageGroups.Day, "(settled_at AT TIME ZONE 'UTC')::date", "date"),
    ];

    public static Task<List<UsageTotal>> ReadAsync(
        NpgsqlConnection connection, LedgerFilter filter, UsageGroups groups, CancellationToken cancellationToken)
    {
        var query = LedgerQuery.Of(filter);
        var sql = new StringBuilder("SELECT ");
        foreach (var (group, expression, type) in Groups)
            sql.Append(groups.HasFlag(group) ? expression : $"NULL::{type}").Append(", ");
        sql.Append("count(*) FILTER (WHERE adjusts IS NULL)");
        foreach (var column in Sums)
            sql.Append(", ").Append(Sum(column));
        sql.Append(
            $"""
              FROM ledger WHERE {query.Conditions} GROUP BY 1, 2, 3, 4, 5, 6
             ORDER BY 1 NULLS FIRST, 2 NULLS FIRST, 3 NULLS FIRST, 4 NULLS FIRST, 5 NULLS FIRST, 6 NULLS FIRST
             """);
        return query.ReadAsync(connection, sql.ToString(), Total, cancellationToken);
    }

    /// <summary>A sum cut to what 64 bits hold: one provider that names an absurd usage twice must not make every report fail.</summary>
    public static string Sum(params ReadOnlySpan<string> columns) =>
        $"least(greatest({string.Join(" + ", columns.ToArray().Select(column => $"sum({column})"))}, {long.MinValue}), {long.MaxValue})::bigint";

    private static UsageTotal Total(NpgsqlDataReader row) => new(
        row.TextOrNull(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(4),
        row.IsDBNull(5) ? null : row.GetFieldValue<DateOnly>(5),
        row.GetInt64(6), LedgerRows.Usage(row, 7), new NanoUsd(row.GetInt64(20)), new NanoUsd(row.GetInt64(21)), new NanoUsd(row.GetInt64(22)));
}
