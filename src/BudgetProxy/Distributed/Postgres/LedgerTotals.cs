using System.Text;
using BudgetProxy.Ledger;
using Npgsql;

namespace BudgetProxy.Distributed.Postgres;

/// <summary>
/// Totals by group, on a connection that is in a transaction: from the sums that are kept, and from the entries where those don't reach. Entries of before
/// there were sums, as far as they are not rolled up yet, are read as they are.
/// </summary>
internal static class LedgerTotals
{
    private static readonly string SumsOfLevel = string.Join(", ", UsageAmounts.Columns.Select(column => Sum(column)));

    private static readonly string SumsOfLedger = string.Join(", ", UsageAmounts.Columns.Select(column => column switch
    {
        "requests" => "count(*) FILTER (WHERE adjusts IS NULL)",
        "overruns" => "count(*) FILTER (WHERE overrun > 0)",
        // Entries of before it was kept have none, and of a group of nothing but those the cut would make the least that 64 bits hold.
        "cache_saved" => Sum("coalesce(cache_saved, 0)"),
        _ => Sum(column),
    }));

    private static readonly string SumsOfCorrections = SumsOfLedger.Replace("count(*) FILTER (WHERE adjusts IS NULL)", "count(*)", StringComparison.Ordinal);

    private static readonly (UsageGroups Group, string OfLedger, string OfLevel, string Type)[] Groups =
    [
        (UsageGroups.Tenant, "tenant", "tenant", "text"),
        (UsageGroups.User, "\"user\"", "CASE WHEN \"user\" <> '' THEN substr(\"user\", 2) END", "text"),
        (UsageGroups.Project, "project", "CASE WHEN project <> '' THEN substr(project, 2) END", "text"),
        (UsageGroups.Key, "key", "key", "text"),
        (UsageGroups.Provider, "provider", "provider", "text"),
        (UsageGroups.Model, "model", "model", "text"),
        (UsageGroups.Day, "floor(extract(epoch FROM settled_at) / 86400)::bigint", "at / 86400000", "bigint"),
        (UsageGroups.Hour, "floor(extract(epoch FROM settled_at) / 3600)::bigint", "at / 3600000", "bigint"),
    ];

    public static async Task<IReadOnlyList<UsageTotal>> ReadAsync(NpgsqlConnection connection, UsageQuestion question, CancellationToken cancellationToken)
    {
        var merge = new UsageMerge();
        var all = new UsageSegment(null, question.Filter.FromMilliseconds, question.Filter.ToMilliseconds);
        var state = await UsageState.ReadAsync(connection, cancellationToken);
        var segments = UsagePlan.Of(question, state.HoursDone);
        if (segments.TrueForAll(segment => segment.Level is null))
        {
            await AddAsync(connection, question, all, null, merge, cancellationToken);
            return merge.Totals();
        }

        var waiting = state.Done ? null : state.RolledUpTo is { } id ? $"(rolled_up IS NULL AND id > '{id}')" : "rolled_up IS NULL";
        foreach (var segment in segments)
            await AddAsync(connection, question, segment, waiting is null || segment.Level is not null ? null : "NOT " + waiting, merge, cancellationToken);
        if (waiting is not null)
            await AddAsync(connection, question, all, waiting, merge, cancellationToken);
        return merge.Totals();
    }

    /// <summary>A sum cut to what 64 bits hold: one provider that names an absurd usage twice must not make every report fail.</summary>
    public static string Sum(params ReadOnlySpan<string> columns) =>
        $"least(greatest({string.Join(" + ", columns.ToArray().Select(column => $"sum({column})"))}, {long.MinValue}), {long.MaxValue})::bigint";

    /// <param name="entries">Which entries, beyond the filter; null = all.</param>
    private static async Task AddAsync(
        NpgsqlConnection connection, UsageQuestion question, UsageSegment segment, string? entries, UsageMerge merge, CancellationToken cancellationToken)
    {
        var query = segment.Level is null ? OfLedger(question.Filter, segment) : OfLevel(question.Filter, segment);
        if (entries is not null)
            query.And(entries);
        if (question.OnlyCorrections)
            query.And("adjusts IS NOT NULL");
        var sql = new StringBuilder("SELECT ");
        foreach (var (group, ofLedger, ofLevel, type) in Groups)
            sql.Append(!question.Groups.HasFlag(group) ? $"NULL::{type}" : segment.Level is null ? ofLedger : ofLevel).Append(", ");
        sql.Append(segment.Level is not null ? SumsOfLevel : question.OnlyCorrections ? SumsOfCorrections : SumsOfLedger).Append(" FROM ").Append(segment.Level is { } level ? UsageLevels.Table(level) : "ledger");
        sql.Append($" WHERE {query.Conditions} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8");
        await query.ReadAsync(connection, sql.ToString(), row => Add(row, merge), cancellationToken);
    }

    private static LedgerQuery OfLedger(LedgerFilter filter, UsageSegment segment)
    {
        var query = LedgerQuery.Of(filter with { From = null, To = null });
        if (segment.From is { } from)
            query.And($"settled_at >= {query.Parameter(Instants.Of(from))}");
        if (segment.To is { } to)
            query.And($"settled_at < {query.Parameter(Instants.Of(to))}");
        return query;
    }

    private static LedgerQuery OfLevel(LedgerFilter filter, UsageSegment segment)
    {
        var query = LedgerQuery.Of(filter with { User = null, Project = null, From = null, To = null, Prepaid = null });
        if (filter.User is { } user)
            query.And($"\"user\" = {query.Parameter(UsageRows.Marked(LedgerTexts.Clean(user)))}");
        if (filter.Project is { } project)
            query.And($"project = {query.Parameter(UsageRows.Marked(LedgerTexts.Clean(project)))}");
        if (filter.Prepaid is { } prepaid)
            query.And(prepaid ? "prepaid" : "NOT prepaid");
        if (segment.From is { } from)
            query.And($"at >= {query.Parameter(from)}");
        if (segment.To is { } to)
            query.And($"at < {query.Parameter(to)}");
        return query;
    }

    private static bool Add(NpgsqlDataReader row, UsageMerge merge)
    {
        var amounts = merge[new UsageGroupKey(
            row.TextOrNull(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.TextOrNull(4), row.TextOrNull(5),
            row.IsDBNull(6) ? null : row.GetInt64(6), row.IsDBNull(7) ? null : row.GetInt64(7))];
        for (var i = 0; i < UsageAmounts.Columns.Length; i++)
            amounts.Add(i, row.GetInt64(Groups.Length + i));
        return true;
    }
}
