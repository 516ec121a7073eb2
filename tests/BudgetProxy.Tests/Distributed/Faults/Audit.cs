using System.Diagnostics;
using System.Text.Json;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>Waits until a fleet is at rest and its books agree; says how they differ where they don't.</summary>
internal static class Audit
{
    /// <summary>Longer than a heartbeat, a reservation's lifetime and the period of expiry together.</summary>
    private static readonly TimeSpan RestLimit = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Late work of a proxy would show within this: what was booked must stay as it is.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private const int Shown = 15;

    /// <summary>Returns once all books agree and went on agreeing; fails where they never did.</summary>
    public static async Task AtRestAsync(Fleet fleet, IReadOnlyList<BudgetSpec> budgets, IReadOnlyCollection<PlannedCall> calls)
    {
        await fleet.Provider.WhenIdleAsync();
        var waited = Stopwatch.StartNew();
        var violations = await ViolationsAsync(fleet, budgets, calls);
        while (violations.Count > 0 && waited.Elapsed < RestLimit)
        {
            await Task.Delay(Pause);
            violations = await ViolationsAsync(fleet, budgets, calls);
        }

        if (violations.Count == 0)
        {
            await Task.Delay(Settling);
            violations = await ViolationsAsync(fleet, budgets, calls);
        }

        Assert.True(violations.Count == 0, $"{violations.Count} violations, such as\n{string.Join('\n', violations.Take(Shown))}");
    }

    private static async Task<List<string>> ViolationsAsync(Fleet fleet, IReadOnlyList<BudgetSpec> budgets, IReadOnlyCollection<PlannedCall> calls)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            var counters = await ProxyBooks.CountersAsync(fleet.Alive, budgets, limit.Token);
            var held = counters.Where(counter => counter.Held != 0).Select(counter => $"{counter}: {counter.Held} still held").ToList();
            if (held.Count > 0)
                return held;
            var ledger = new List<LedgerRow>();
            foreach (var tenant in budgets.Select(budget => budget.Tenant).Distinct())
                ledger.AddRange(await ProxyBooks.LedgerAsync(fleet.Alive, tenant, limit.Token));
            var numbers = calls.Select(call => call.Number).ToHashSet();
            var billed = fleet.Provider.Calls.Where(call => numbers.Contains(CallWire.NumberIn(call.Body)));
            return [.. CallAudit.Check(calls, billed, ledger, fleet.IsExcused), .. CounterAudit.Check(budgets, counters, ledger, TimeProvider.System.GetUtcNow())];
        }
        catch (Exception away) when (away is HttpRequestException or OperationCanceledException or JsonException or KeyNotFoundException)
        {
            return [$"the books can't be read: {away.Message}"];
        }
    }
}
