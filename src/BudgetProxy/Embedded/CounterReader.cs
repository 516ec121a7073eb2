using BudgetProxy.Core.Budgets;

namespace BudgetProxy.Embedded;

/// <summary>Reads the rows of a budget's counters on a session of its own, so that a budget with very many of them holds up no call.</summary>
internal sealed class CounterReader(EmbeddedDatabase database)
{
    /// <summary>What is spent by scope value in slots that count at <paramref name="now"/>, as of the last commit.</summary>
    public Dictionary<string, BudgetState> Read(Budget budget, DateTimeOffset now)
    {
        using var session = database.OpenSession();
        var rows = session.Prepare(
            """
            SELECT scope, SUM(spent), MIN(ends) FROM counters
            WHERE shape_id = (SELECT id FROM budget_shapes WHERE tenant = ? AND budget = ? AND shape = ?) AND (ends IS NULL OR ends > ?)
            GROUP BY scope
            """);
        rows.Bind(budget.Tenant).Bind(budget.Name).Bind(budget.Shape).Bind(now.ToUnixTimeMilliseconds());
        var slot = budget.Window.SlotAt(now);
        var states = new Dictionary<string, BudgetState>(StringComparer.Ordinal);
        while (rows.Read())
        {
            DateTimeOffset? resets = rows.IsNull(2) ? null : DateTimeOffset.FromUnixTimeMilliseconds(rows.Int64(2));
            states.Add(rows.Text(0)!, new BudgetState(budget, rows.Text(0)!, rows.Int64(1), 0, resets, budget.ToppedUpIn(rows.Text(0)!, slot)));
        }

        return states;
    }
}
