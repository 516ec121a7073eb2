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
        var state = UsageState.Read(session);
        var newer = Read(session, state.RolledUpTo, long.MaxValue, most, new UsageRows(UsageLevels.WriteOrder), saved);
        if (newer.Entries == 0 && state.HoursLeft > 0)
        {
            var older = Read(session, state.HoursFilledTo, state.HoursFillEnd, most, new UsageRows(UsageLevels.TenantHours), saved);
            // Nothing is ever taken out of the ledger; if it were, what is gone needs no filling in.
            var upTo = older.Entries < most ? state.HoursFillEnd : older.UpTo;
            return older with { Older = true, UpTo = upTo, Left = state.HoursFillEnd - upTo };
        }

        var last = session.Prepare("SELECT MAX(seq) FROM ledger");
        last.Read();
        return newer with { Left = Math.Max(0, last.Int64(0) - newer.UpTo) + state.HoursLeft };
    }

    private static UsageBatch Read(SqliteSession session, long after, long end, int most, UsageRows rows, Func<LedgerEntry, NanoUsd> saved)
    {
        var (upTo, count) = (after, 0);
        using var entries = session.Prepare($"SELECT {LedgerTable.Columns}, seq FROM ledger WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?").Bind(after).Bind(end).Bind(most);
        while (entries.Read())
        {
            var entry = LedgerTable.Read(entries);
            rows.Add(entry, saved(entry));
            upTo = entries.Int64(LedgerTable.ColumnCount);
            count++;
        }

        return new UsageBatch(false, after, upTo, rows, count, 0);
    }
}
