using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>Reads the entries that follow the sums and adds them up, on a session of its own beside the writer, which is left with the sums alone.</summary>
internal sealed class UsageFolding(EmbeddedDatabase database)
{
    /// <param name="most">Entries at most.</param>
    /// <param name="saved">What caching saved on an entry.</param>
    public UsageBatch Read(int most, Func<LedgerEntry, NanoUsd> saved)
    {
        using var session = database.OpenSession();
        session.Execute("BEGIN");
        var after = UsageTable.RolledUpTo(session);
        var rows = new UsageRows();
        var (upTo, count) = (after, 0);
        var entries = session.Prepare($"SELECT {LedgerTable.Columns}, seq FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?").Bind(after).Bind(most);
        while (entries.Read())
        {
            var entry = LedgerTable.Read(entries);
            rows.Add(entry, saved(entry));
            upTo = entries.Int64(LedgerTable.ColumnCount);
            count++;
        }

        var last = session.Prepare("SELECT MAX(seq) FROM ledger");
        last.Read();
        return new UsageBatch(after, upTo, rows, count, Math.Max(0, last.Int64(0) - upTo));
    }
}
