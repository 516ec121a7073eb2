using System.Text;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>Reads of the ledger and of the counters' rows on a session of their own, beside the writer.</summary>
internal sealed class LedgerReader(EmbeddedDatabase database)
{
    private const string Sums =
        "SUM(adjusts IS NULL), SUM(input), SUM(cached_input), SUM(cache_write_short), SUM(cache_write_long), SUM(output), SUM(reasoning), "
        + "SUM(audio_input), SUM(audio_output), SUM(image_input), SUM(tool_calls), "
        + "SUM(image_output), SUM(file_searches), SUM(code_sessions), SUM(cost), SUM(charged), SUM(overrun)";

    private static readonly (UsageGroups Group, string Expression)[] Groups =
    [
        (UsageGroups.Tenant, "tenant"),
        (UsageGroups.User, "user"),
        (UsageGroups.Project, "project"),
        (UsageGroups.Key, "key"),
        (UsageGroups.Model, "model"),
        (UsageGroups.Day, "strftime('%Y-%m-%d', settled_at / 1000, 'unixepoch')"),
    ];

    /// <summary>Entries after <paramref name="after"/> in settling order, at most <paramref name="most"/>, and the position of the last.</summary>
    public (List<LedgerEntry> Entries, long Last) Page(LedgerFilter filter, long after, int most)
    {
        using var session = database.OpenSession();
        var rows = session.Prepare($"SELECT {LedgerTable.Columns}, seq FROM ledger WHERE {Conditions(filter)} AND seq > ? ORDER BY seq LIMIT ?");
        BindFilter(rows, filter).Bind(after).Bind(most);
        var entries = new List<LedgerEntry>();
        while (rows.Read())
        {
            entries.Add(LedgerTable.Read(rows));
            after = rows.Int64(LedgerTable.ColumnCount);
        }

        return (entries, after);
    }

    /// <summary>All entries that correct one of these, in settling order.</summary>
    public bool Has(string tenant, Guid id)
    {
        using var session = database.OpenSession();
        var rows = session.Prepare("SELECT 1 FROM ledger WHERE id = ? AND tenant = ?");
        rows.Bind(id);
        rows.Bind(tenant);
        return rows.Read();
    }

    public List<LedgerEntry> Corrections(IReadOnlyCollection<Guid> ids)
    {
        using var session = database.OpenSession();
        var rows = session.Prepare(
            $"SELECT {LedgerTable.Columns} FROM ledger WHERE adjusts IN ({string.Join(", ", Enumerable.Repeat("?", ids.Count))}) ORDER BY seq");
        foreach (var id in ids)
            rows.Bind(id);
        var entries = new List<LedgerEntry>();
        while (rows.Read())
            entries.Add(LedgerTable.Read(rows));
        return entries;
    }

    public List<UsageTotal> Totals(LedgerFilter filter, UsageGroups groups)
    {
        var keys = new StringBuilder();
        foreach (var (group, expression) in Groups)
            keys.Append(groups.HasFlag(group) ? expression : "NULL").Append(", ");
        using var session = database.OpenSession();
        var rows = session.Prepare(
            $"SELECT {keys}{Sums} FROM ledger WHERE {Conditions(filter)} GROUP BY 1, 2, 3, 4, 5, 6 HAVING COUNT(*) > 0 ORDER BY 1, 2, 3, 4, 5, 6");
        BindFilter(rows, filter);
        var totals = new List<UsageTotal>();
        while (rows.Read())
            totals.Add(ReadTotal(rows));
        return totals;
    }

    private static UsageTotal ReadTotal(SqliteStatement row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4),
        row.Text(5) is { } day ? DateOnly.ParseExact(day, "yyyy-MM-dd") : null,
        row.Int64(6), CallColumns.Usage(row, 7), new NanoUsd(row.Int64(20)), new NanoUsd(row.Int64(21)), new NanoUsd(row.Int64(22)));

    /// <summary>Every condition is there once, in the order that <see cref="BindFilter"/> binds.</summary>
    private static string Conditions(LedgerFilter filter)
    {
        var conditions = new StringBuilder("1 = 1");
        Add(filter.Tenant is not null, "tenant = ?");
        Add(filter.User is not null, "user = ?");
        Add(filter.Project is not null, "project = ?");
        Add(filter.Model is not null, "model = ?");
        Add(filter.From is not null, "settled_at >= ?");
        Add(filter.To is not null, "settled_at < ?");
        return conditions.ToString();

        void Add(bool wanted, string condition)
        {
            if (wanted)
                conditions.Append(" AND ").Append(condition);
        }
    }

    private static SqliteStatement BindFilter(SqliteStatement rows, LedgerFilter filter)
    {
        foreach (var text in (ReadOnlySpan<string?>)[filter.Tenant, filter.User, filter.Project, filter.Model])
        {
            if (text is not null)
                rows.Bind(text);
        }

        foreach (var milliseconds in (ReadOnlySpan<long?>)[filter.FromMilliseconds, filter.ToMilliseconds])
        {
            if (milliseconds is { } bound)
                rows.Bind(bound);
        }

        return rows;
    }
}
