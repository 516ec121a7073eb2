using System.Text;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>Reads of the ledger and of the counters' rows on a session of their own, beside the writer.</summary>
internal sealed class LedgerReader(EmbeddedDatabase database)
{
    /// <summary>
    /// Entries in settling order, those that settled in one millisecond by sequence, at most <paramref name="most"/>, and the position of the last. Both indexes by
    /// settling time are in that order, so a page costs what it holds; by sequence alone, each page of one tenant would sort all that follow.
    /// </summary>
    /// <param name="after">The position of the page before; null = from the first.</param>
    public (List<LedgerEntry> Entries, (long SettledAt, long Sequence)? Last) Page(LedgerFilter filter, (long SettledAt, long Sequence)? after, int most)
    {
        // The bound of time that the index begins at must be that of the page: by the filter's own, each page would pass over all that were before it.
        if (after is var (begins, _))
            filter = filter with { From = DateTimeOffset.FromUnixTimeMilliseconds(begins) };
        using var session = database.OpenSession();
        var rows = session.Prepare(
            $"SELECT {LedgerTable.Columns}, seq FROM ledger WHERE {Conditions(filter)}{(after is null ? "" : " AND (settled_at, seq) > (?, ?)")} ORDER BY settled_at, seq LIMIT ?");
        BindFilter(rows, filter);
        if (after is var (settledAt, sequence))
            rows.Bind(settledAt).Bind(sequence);
        rows.Bind(most);
        var entries = new List<LedgerEntry>();
        while (rows.Read())
        {
            entries.Add(LedgerTable.Read(rows));
            after = (entries[^1].SettledAt.ToUnixTimeMilliseconds(), rows.Int64(LedgerTable.ColumnCount));
        }

        return (entries, after);
    }

    public bool Has(string tenant, Guid id)
    {
        using var session = database.OpenSession();
        var rows = session.Prepare("SELECT 1 FROM ledger WHERE id = ? AND tenant = ?");
        rows.Bind(id);
        rows.Bind(tenant);
        return rows.Read();
    }

    /// <summary>All entries that correct one of these, in settling order.</summary>
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

    /// <summary>Answers all questions from one state of the ledger.</summary>
    public List<IReadOnlyList<UsageTotal>> Totals(IReadOnlyList<UsageQuestion> questions)
    {
        using var session = database.OpenReader();
        session.Execute("BEGIN");
        var answers = new List<IReadOnlyList<UsageTotal>>(questions.Count);
        foreach (var question in questions)
            answers.Add(LedgerTotals.Read(session, question));
        return answers;
    }

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
