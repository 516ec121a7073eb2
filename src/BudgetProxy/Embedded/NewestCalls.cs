using System.Globalization;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>Reads the ledger from the newest entry backwards, page by page.</summary>
internal sealed class NewestCalls(EmbeddedDatabase database)
{
    /// <summary>Entries that one page looks at: what a filter passes over is bounded too.</summary>
    private const int MostSeen = 20_000;

    /// <exception cref="FormatException">The cursor is not one of these.</exception>
    public CallPage Read(CallFilter filter, string? after, int most)
    {
        var (settled, seq) = after is null ? (long.MaxValue, long.MaxValue) : Cursor(after);
        using var session = database.OpenReader();
        session.Execute("BEGIN");
        var inTurn = $"FROM ledger WHERE (settled_at, seq) < (?, ?){(filter.Tenant is null ? "" : " AND tenant = ?")} ORDER BY settled_at DESC, seq DESC";
        var seen = $"SELECT {LedgerTable.Columns}, seq {inTurn} LIMIT {MostSeen}";
        var conditions = (filter.User is null ? "" : " AND user = ?") + (filter.Model is null ? "" : " AND model = ?") + (filter.Status is null ? "" : " AND status = ?");
        var rows = session.Prepare($"SELECT * FROM ({seen}) WHERE 1 = 1{conditions} LIMIT ?");
        rows.Bind(settled).Bind(seq);
        if (filter.Tenant is { } tenant)
            rows.Bind(tenant);
        if (filter.User is { } user)
            rows.Bind(user);
        if (filter.Model is { } model)
            rows.Bind(model);
        if (filter.Status is { } status)
            rows.Bind(status);
        rows.Bind(most + 1);
        var entries = new List<LedgerEntry>();
        var last = "";
        while (rows.Read())
        {
            if (entries.Count == most)
                return new CallPage(entries, last);
            entries.Add(LedgerTable.Read(rows));
            last = Cursor(entries[^1].SettledAt.ToUnixTimeMilliseconds(), rows.Int64(LedgerTable.ColumnCount));
        }

        return new CallPage(entries, End(session, inTurn, (settled, seq), filter.Tenant));
    }

    /// <summary>Where the look ended, if there is more to look at. An index has all that this asks for: no entry is read again.</summary>
    private static string? End(SqliteSession session, string inTurn, (long Settled, long Seq) from, string? tenant)
    {
        var rows = session.Prepare($"SELECT settled_at, seq {inTurn} LIMIT 1 OFFSET {MostSeen - 1}");
        rows.Bind(from.Settled).Bind(from.Seq);
        if (tenant is not null)
            rows.Bind(tenant);
        return rows.Read() ? Cursor(rows.Int64(0), rows.Int64(1)) : null;
    }

    private static string Cursor(long settled, long seq) => string.Create(CultureInfo.InvariantCulture, $"{settled}.{seq}");

    private static (long Settled, long Seq) Cursor(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(text.AsSpan(0, dot), NumberStyles.None, CultureInfo.InvariantCulture, out var settled)
            && long.TryParse(text.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seq)
                ? (settled, seq)
                : throw new FormatException("That is no place in this list.");
    }
}
