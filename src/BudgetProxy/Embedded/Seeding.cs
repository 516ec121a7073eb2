using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Ledger;

namespace BudgetProxy.Embedded;

/// <summary>Sums the ledger for a budget: Σ of the entries that it matches and whose slots count now.</summary>
internal sealed class Seeding(SqliteSession session)
{
    private const string Columns =
        "tenant, key, user, project, run, tags, provider, model, started_at, cost, "
        + "input + cached_input + cache_write_short + cache_write_long + output, adjusts IS NULL, charged, prepaid";

    // An entry is never settled before it started, so the index on settled_at finds all that started in the window.
    private readonly SqliteStatement _window = session.Prepare(
        $"SELECT {Columns} FROM ledger WHERE tenant = ? AND settled_at >= ? AND seq <= ? LIMIT ?");

    // The plus keeps SQLite from the tenant's index: entries after a sequence are few, a tenant's may be very many.
    private readonly SqliteStatement _rest = session.Prepare($"SELECT {Columns} FROM ledger WHERE seq > ? AND +tenant = ?");
    private readonly SqliteStatement _last = session.Prepare("SELECT MAX(seq) FROM ledger");
    private readonly SqliteStatement _set = session.Prepare("INSERT INTO counters (shape_id, scope, slot, ends, spent) VALUES (?, ?, ?, ?, ?)");

    /// <summary>The last entry's sequence; 0 = the ledger is empty.</summary>
    public long LastEntry()
    {
        _last.Read();
        var last = _last.Int64(0);
        _last.Reset();
        return last;
    }

    /// <summary>Sums the entries of the present window up to a sequence, looking at no more than so many; -1 = at all.</summary>
    public LedgerSums Sum(Budget budget, DateTimeOffset now, long upTo, int most)
    {
        var sums = new LedgerSums(upTo);
        var from = Start(budget, now);
        AddEntries(_window.Bind(budget.Tenant).Bind(from).Bind(upTo).Bind(most), budget, from, sums);
        return sums;
    }

    /// <summary>Writes the rows of a budget's new counters.</summary>
    /// <param name="before">What was summed beside the writer, so that only later entries are left; null = nothing.</param>
    public void Seed(BudgetCounters counters, DateTimeOffset now, LedgerSums? before)
    {
        var budget = counters.Definition;
        var sums = before ?? Sum(budget, now, long.MaxValue, -1);
        if (before is not null)
            AddEntries(_rest.Bind(before.UpTo).Bind(budget.Tenant), budget, Start(budget, now), sums);
        foreach (var ((scope, slot), (ends, spent)) in sums.Slots)
            _set.Bind(counters.ShapeId).Bind(scope).Bind(slot).Bind(ends).Bind(spent).Run();
    }

    private static long Start(Budget budget, DateTimeOffset now)
    {
        DateTimeOffset window = budget.Window.At(now).Start, reset = budget.Acts.AllFrom;
        return (reset > window ? reset : window).ToUnixTimeMilliseconds();
    }

    private static void AddEntries(SqliteStatement entries, Budget budget, long from, LedgerSums sums)
    {
        while (entries.Read())
        {
            sums.Entries++;
            if (entries.Int64(8) >= from)
                AddEntry(entries, budget, sums);
        }
    }

    private static void AddEntry(SqliteStatement entry, Budget budget, LedgerSums sums)
    {
        var caller = CallColumns.Caller(entry, 0, entry.Int64(13) != 0);
        string provider = entry.Text(6)!, model = entry.Text(7)!;
        if (!BudgetMatcher.Matches(budget, caller, provider, model))
            return;
        var startedAt = DateTimeOffset.FromUnixTimeMilliseconds(entry.Int64(8));
        var slot = budget.Window.SlotAt(startedAt);
        var amount = budget.LimitKind == LimitKind.Requests
            ? entry.Int64(11)
            : BudgetMatcher.SpentOf(budget.LimitKind, new NanoUsd(entry.Int64(9)), new NanoUsd(entry.Int64(12)), entry.Int64(10));
        var scope = BudgetMatcher.ScopeValue(budget, caller, provider, model);
        if (budget.Acts.Counts(scope, startedAt))
            sums.Add(scope, slot.Start.ToUnixTimeMilliseconds(), slot.Ends?.ToUnixTimeMilliseconds(), amount);
    }
}
