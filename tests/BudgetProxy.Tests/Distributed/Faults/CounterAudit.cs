namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Compares every counter with the sum of the ledger's entries in its window, and with its limit.</summary>
internal static class CounterAudit
{
    public static List<string> Check(
        IReadOnlyList<BudgetSpec> budgets, IReadOnlyList<CounterRow> counters, IReadOnlyList<LedgerRow> ledger, DateTimeOffset now)
    {
        var violations = new List<string>();
        foreach (var budget in budgets)
        {
            var start = budget.StartAt(now);
            var entries = ledger.Where(row => row.Tenant == budget.Tenant && row.StartedAt >= start).ToLookup(budget.ScopeOf);
            var shown = counters.Where(counter => counter.Budget == budget).ToDictionary(counter => counter.Scope);
            foreach (var counter in shown.Values)
                Check(counter, [.. entries[counter.Scope]], violations);
            foreach (var missing in entries.Where(group => !shown.ContainsKey(group.Key)))
                violations.Add($"{budget.Tenant}/{budget.Name}[{missing.Key}]: not shown, the ledger has {missing.Sum(budget.AmountOf)}");
        }

        return violations;
    }

    private static void Check(CounterRow counter, List<LedgerRow> entries, List<string> violations)
    {
        var budget = counter.Budget;
        var sum = entries.Sum(budget.AmountOf);
        if (counter.Held != 0)
            violations.Add($"{counter}: {counter.Held} still held");
        if (counter.Spent != sum)
            violations.Add($"{counter}: {counter.Spent} spent, the ledger has {sum}");
        var most = budget.Limit + entries.Sum(budget.OverrunOf);
        if (!budget.Shadow && counter.Spent > most)
            violations.Add($"{counter}: {counter.Spent} spent of {budget.Limit}, and overruns explain no more than {most}{Told(entries)}");
    }

    /// <summary>When each of the last calls was reserved and booked: who came in on room that was not there.</summary>
    private static string Told(List<LedgerRow> entries) => string.Concat(
        entries.OrderBy(row => row.StartedAt).TakeLast(20).Select(row => $"\n    {row.StartedAt:HH:mm:ss.fff} to {row.SettledAt:HH:mm:ss.fff} {row.Run} {row.Basis} {row.Adjusts}"));
}
