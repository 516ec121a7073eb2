using System.Text;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>Totals of the ledger by group, on a session of the caller's.</summary>
internal static class LedgerTotals
{
    private const string Sums =
        "SUM(adjusts IS NULL), SUM(input), SUM(cached_input), SUM(cache_write_short), SUM(cache_write_long), SUM(output), SUM(reasoning), "
        + "SUM(audio_input), SUM(audio_output), SUM(image_input), SUM(tool_calls), "
        + "SUM(image_output), SUM(file_searches), SUM(code_sessions), SUM(cost), SUM(charged), SUM(overrun), SUM(reserved), SUM(overrun > 0)";

    private static readonly (UsageGroups Group, string Expression)[] Groups =
    [
        (UsageGroups.Tenant, "tenant"),
        (UsageGroups.User, "user"),
        (UsageGroups.Project, "project"),
        (UsageGroups.Key, "key"),
        (UsageGroups.Provider, "provider"),
        (UsageGroups.Model, "model"),
        (UsageGroups.Day, "settled_at / 86400000"),
        (UsageGroups.Hour, "settled_at / 3600000"),
    ];

    public static List<UsageTotal> Read(SqliteSession session, UsageQuestion question)
    {
        var keys = new StringBuilder();
        foreach (var (group, expression) in Groups)
            keys.Append(question.Groups.HasFlag(group) ? expression : "NULL").Append(", ");
        var rows = session.Prepare(
            $"SELECT {keys}{Sums} FROM ledger WHERE {LedgerReader.Conditions(question.Filter)} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING COUNT(*) > 0 "
            + "ORDER BY 1, 2, 3, 4, 5, 6, 7, 8");
        LedgerReader.BindFilter(rows, question.Filter);
        var totals = new List<UsageTotal>();
        while (rows.Read())
            totals.Add(Total(rows));
        return totals;
    }

    private static UsageTotal Total(SqliteStatement row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(5),
        row.IsNull(6) ? null : DateOnly.FromDateTime(DateTime.UnixEpoch.AddDays(row.Int64(6))),
        row.Int64(8), CallColumns.Usage(row, 9), new NanoUsd(row.Int64(22)), new NanoUsd(row.Int64(23)), new NanoUsd(row.Int64(24)))
    {
        Provider = row.Text(4),
        Hour = row.IsNull(7) ? null : DateTimeOffset.UnixEpoch.AddHours(row.Int64(7)),
        Reserved = new NanoUsd(row.Int64(25)),
        Overruns = row.Int64(26),
    };
}
