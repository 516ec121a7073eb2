using System.Text;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>
/// Totals by group, on a session of the caller's that is in a transaction: from the sums that are kept, and from the entries where those don't reach. Entries
/// that are not rolled up yet, the last second's, are read as they are; so an answer is exact at any time, but for what caching saved on those.
/// </summary>
internal static class LedgerTotals
{
    private static readonly string[] OfLedger = [.. UsageAmounts.Columns.Select(column => column switch
    {
        "requests" => "adjusts IS NULL",
        "overruns" => "overrun > 0",
        "cache_saved" => "0",
        _ => column,
    })];

    private static readonly string[] OfCorrections = ["1", .. OfLedger[1..]];

    private static readonly (UsageGroups Group, string OfLedger, string OfLevel)[] Groups =
    [
        (UsageGroups.Tenant, "tenant", "tenant"),
        (UsageGroups.User, "user", "CASE WHEN user <> '' THEN substr(user, 2) END"),
        (UsageGroups.Project, "project", "CASE WHEN project <> '' THEN substr(project, 2) END"),
        (UsageGroups.Key, "key", "key"),
        (UsageGroups.Provider, "provider", "provider"),
        (UsageGroups.Model, "model", "model"),
        (UsageGroups.Day, "settled_at / 86400000", "at / 86400000"),
        (UsageGroups.Hour, "settled_at / 3600000", "at / 3600000"),
    ];

    /// <summary>A sum beyond 64 bits is cut to those: one provider that names an absurd usage twice must not make every report fail.</summary>
    public static IReadOnlyList<UsageTotal> Read(SqliteSession session, UsageQuestion question)
    {
        try
        {
            return Read(session, question, plain: true);
        }
        catch (StoreFaultException fault) when (fault.IsOverflow)
        {
            return Read(session, question, plain: false);
        }
    }

    /// <param name="plain">False: in two halves of 32 bits, whose sums have room; at twice the cost.</param>
    private static IReadOnlyList<UsageTotal> Read(SqliteSession session, UsageQuestion question, bool plain)
    {
        var merge = new UsageMerge();
        foreach (var (segment, entries) in Parts(question, UsageState.Read(session)))
            Add(session, question, segment, entries, plain, merge);
        return merge.Totals();
    }

    /// <summary>What is read for an answer: stretches of time, and which entries of them beyond the filter. Those that are not summed yet come last.</summary>
    internal static List<(UsageSegment Segment, string Entries)> Parts(UsageQuestion question, UsageState state)
    {
        var all = new UsageSegment(null, question.Filter.FromMilliseconds, question.Filter.ToMilliseconds);
        var segments = UsagePlan.Of(question, state.HoursLeft == 0);
        return segments.TrueForAll(segment => segment.Level is null)
            ? [(all, "")]
            : [.. segments.Select(segment => (segment, segment.Level is null ? $" AND +seq <= {state.RolledUpTo}" : "")), (all, $" AND seq > {state.RolledUpTo}")];
    }

    /// <summary>True where each instant of a level's rows is another group: by the instant itself the rows may be in order already.</summary>
    private static bool IsUnitOf(UsageLevel level, UsageGroups group) => group switch
    {
        UsageGroups.Day => level == UsageLevel.TenantDays,
        UsageGroups.Hour => level is UsageLevel.Hours or UsageLevel.TenantHours,
        _ => false,
    };

    private static long Whole(long high, long low) => (long)Int128.Clamp(((Int128)high << 32) + low, long.MinValue, long.MaxValue);

    /// <param name="entries">Which entries, beyond the filter.</param>
    private static void Add(SqliteSession session, UsageQuestion question, UsageSegment segment, string entries, bool plain, UsageMerge merge)
    {
        var (sql, values) = Statement(question, segment, entries, plain);
        using var rows = session.Prepare(sql);
        foreach (var value in values)
            rows.Bind(value);
        while (rows.Read())
            Add(rows, plain, merge);
    }

    /// <summary>The statement that reads a part, and what is bound to it in order.</summary>
    internal static (string Sql, IReadOnlyList<string> Values) Statement(UsageQuestion question, UsageSegment segment, string entries, bool plain)
    {
        var sql = new StringBuilder("SELECT ");
        foreach (var (group, ofLedger, ofLevel) in Groups)
            sql.Append(!question.Groups.HasFlag(group) ? "NULL" : segment.Level is null ? ofLedger : ofLevel).Append(", ");
        var groups = Groups.Where(group => question.Groups.HasFlag(group.Group))
            .Select(group => segment.Level is { } of && IsUnitOf(of, group.Group) ? "at" : segment.Level is null ? group.OfLedger : group.OfLevel).DefaultIfEmpty("NULL");
        // Corrections are few among the entries, so they are found by the index of them alone.
        var (amounts, table, time) = segment.Level is { } level ? (UsageAmounts.Columns, UsageLevels.Table(level), "at")
            : question.OnlyCorrections ? (OfCorrections, "ledger INDEXED BY ledger_adjusts", "settled_at") : (OfLedger, "ledger", "settled_at");
        sql.AppendJoin(", ", amounts.Select(amount => plain ? $"SUM({amount})" : $"SUM(({amount}) >> 32), SUM(({amount}) & 4294967295)")).Append(" FROM ").Append(table).Append(" WHERE 1 = 1").Append(entries);
        if (question.OnlyCorrections)
            sql.Append(" AND adjusts IS NOT NULL");
        var values = new List<string>();
        // The plus keeps SQLite from an index of the tenant's where those after a sequence are few, also from one that has the groups in order already.
        var plus = entries.Contains('>', StringComparison.Ordinal) ? "+" : "";
        foreach (var (column, wanted, marked) in new[]
        {
            ("tenant", question.Filter.Tenant, false), ("user", question.Filter.User, true), ("project", question.Filter.Project, true), ("model", question.Filter.Model, false),
        })
        {
            if (wanted is null)
                continue;
            sql.Append($" AND {plus}{column} = ?");
            values.Add(marked && segment.Level is not null ? UsageRows.Marked(wanted) : wanted);
        }

        if (question.Filter.Prepaid is { } prepaid)
            sql.Append(prepaid ? " AND prepaid" : " AND NOT prepaid");
        if (segment.From is { } from)
            sql.Append($" AND {plus}{time} >= {from}");
        if (segment.To is { } to)
            sql.Append($" AND {plus}{time} < {to}");
        // Those who have a row in the months have one here: so each one's time is looked up, and not everybody's of all time read.
        if (segment is { Level: UsageLevel.TenantDays or UsageLevel.TenantHours, From: { } begins } && question.Filter.Tenant is null)
        {
            var ends = segment.To is { } end ? $" AND at < {end}" : "";
            sql.Append($" AND tenant IN (SELECT tenant FROM usage_tenant_months WHERE at >= {UsageLevels.Floor(UsageLevel.TenantMonths, begins)}{ends})");
        }

        sql.Append(" GROUP BY ").AppendJoin(", ", groups.Select(group => plus + group)).Append(" HAVING COUNT(*) > 0");
        return (sql.ToString(), values);
    }

    private static void Add(SqliteStatement row, bool plain, UsageMerge merge)
    {
        var amounts = merge[new UsageGroupKey(
            row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.IsNull(6) ? null : row.Int64(6), row.IsNull(7) ? null : row.Int64(7))];
        for (var i = 0; i < UsageAmounts.Columns.Length; i++)
            amounts.Add(i, plain ? row.Int64(Groups.Length + i) : Whole(row.Int64(Groups.Length + (2 * i)), row.Int64(Groups.Length + (2 * i) + 1)));
    }
}
