using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Embedded;

/// <summary>Makes the counters of a budget from the ledger: Σ of the entries that it matches and whose slots count now.</summary>
internal sealed class Seeding(SqliteSession session)
{
    // An entry is never settled before it started, so the index on settled_at finds all that started in the window.
    private readonly SqliteStatement _entries = session.Prepare(
        """
        SELECT tenant, key, user, project, run, tags, provider, model, started_at, cost,
               input + cached_input + cache_write_short + cache_write_long + output, adjusts IS NULL
        FROM ledger WHERE tenant = ? AND settled_at >= ?
        """);

    private readonly SqliteStatement _set = session.Prepare("INSERT INTO counters (shape_id, scope, slot, ends, spent) VALUES (?, ?, ?, ?, ?)");

    public void Seed(BudgetCounters counters, DateTimeOffset now)
    {
        var budget = counters.Definition;
        var from = budget.Window.At(now).Start.ToUnixTimeMilliseconds();
        var sums = new Dictionary<(string Scope, long Slot), (long? Ends, long Spent)>();
        _entries.Bind(budget.Tenant).Bind(from);
        while (_entries.Read())
        {
            if (_entries.Int64(8) >= from)
                AddEntry(budget, sums);
        }

        foreach (var ((scope, slot), (ends, spent)) in sums)
            _set.Bind(counters.ShapeId).Bind(scope).Bind(slot).Bind(ends).Bind(spent).Run();
    }

    private void AddEntry(Budget budget, Dictionary<(string Scope, long Slot), (long? Ends, long Spent)> sums)
    {
        var caller = CallColumns.Caller(_entries, 0);
        string provider = _entries.Text(6)!, model = _entries.Text(7)!;
        if (!BudgetMatcher.Matches(budget, caller, provider, model))
            return;
        var slot = budget.Window.SlotAt(DateTimeOffset.FromUnixTimeMilliseconds(_entries.Int64(8)));
        var amount = budget.LimitKind == LimitKind.Requests
            ? _entries.Int64(11)
            : BudgetMatcher.AmountOf(budget.LimitKind, _entries.Int64(9), _entries.Int64(10));
        var key = (BudgetMatcher.ScopeValue(budget, caller, provider, model), slot.Start.ToUnixTimeMilliseconds());
        sums.TryGetValue(key, out var sum);
        sums[key] = (slot.Ends?.ToUnixTimeMilliseconds(), sum.Spent + amount);
    }
}
