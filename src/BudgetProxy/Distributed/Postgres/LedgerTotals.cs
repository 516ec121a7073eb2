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
        "tool_calls", "image_output", "file_searches", "code_sessions", "cost", "charged", "overrun", "reserved",
    ];

    private static readonly (UsageGroups Group, string Expression, string Type)[] Groups =
    [
        (UsageGroups.Tenant, "tenant", "text"),
        (UsageGroups.User, "\"user\"", "text"),
        (UsageGroups.Project, "project", "text"),
        (UsageGroups.Key, "key", "text"),
        (UsageGroups.Provider, "provider", "text"),
        (UsageGroups.Model, "model", "text"),
        (UsageGroups.Day, "floor(extract(epoch FROM settled_at) / 86400)::bigint", "bigint"),
        (UsageGroups.Hour, "floor(extract(epoch FROM settled_at) / 3600)::bigint", "bigint"),
    ];

    public static Task<List<UsageTotal>> ReadAsync(
        NpgsqlConnection connection, UsageQuestion question, CancellationToken cancellationToken)
    {
        var query = LedgerQuery.Of(question.Filter);
        var sql = new StringBuilder("SELECT ");
        foreach (var (group, expression, type) in Groups)
            sql.Append(question.Groups.HasFlag(group) ? expression : $"NULL::{type}").Append(", ");
        sql.Append("count(*) FILTER (WHERE adjusts IS NULL)");
        foreach (var column in Sums)
            sql.Append(", ").Append(Sum(column));
        sql.Append(", count(*) FILTER (WHERE overrun > 0)");
        var keys = Enumerable.Range(1, Groups.Length).ToList();
        sql.Append($" FROM ledger WHERE {query.Conditions} GROUP BY {string.Join(", ", keys)} ORDER BY {string.Join(", ", keys.Select(key => $"{key} NULLS FIRST"))}");
        return query.ReadAsync(connection, sql.ToString(), Total, cancellationToken);
    }

    /// <summary>A sum cut to what 64 bits hold: one provider that names an absurd usage twice must not make every report fail.</summary>
    public static string Sum(params ReadOnlySpan<string> columns) =>
        $"least(greatest({string.Join(" + ", columns.ToArray().Select(column => $"sum({column})"))}, {long.MinValue}), {long.MaxValue})::bigint";

    private static UsageTotal Total(NpgsqlDataReader row) => new(
        row.TextOrNull(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(5),
        row.IsDBNull(6) ? null : DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(row.GetInt64(6))),
        row.GetInt64(8), LedgerRows.Usage(row, 9), new NanoUsd(row.GetInt64(22)), new NanoUsd(row.GetInt64(23)), new NanoUsd(row.GetInt64(24)))
    {
        Provider = row.TextOrNull(4),
        Hour = row.IsDBNull(7) ? null : DateTimeOffset.UnixEpoch.AddHours(row.GetInt64(7)),
        Reserved = new NanoUsd(row.GetInt64(25)),
        Overruns = row.GetInt64(26),
    };
}
