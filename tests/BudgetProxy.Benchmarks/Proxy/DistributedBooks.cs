using BudgetProxy.Benchmarks.Servers;

namespace BudgetProxy.Benchmarks.Proxy;

/// <summary>After all runs: every answered call must be one entry of the ledger, and nothing may have gone wrong on the way.</summary>
internal static class DistributedBooks
{
    /// <summary>What must be zero on the page of each proxy.</summary>
    private static readonly string[] Troubles =
    [
        "budgetproxy_calls_refused_total", "budgetproxy_calls_voided_total", "budgetproxy_reservations_expired_total", "budgetproxy_store_failures_total",
        "budgetproxy_spool_length", "budgetproxy_outbox_dead_letters_total", "budgetproxy_invariant_drift",
    ];

    /// <returns>False = something is wrong; the text says what.</returns>
    public static async Task<bool> PrintAsync(BenchmarkTarget target)
    {
        var entries = await target.Stores!.LedgerCountAsync();
        var pages = await Task.WhenAll(target.Ports.Select(MetricsPage.ReadAsync));
        var settled = pages.Select(page => page["budgetproxy_calls_settled_total"]);
        var troubles = Troubles.Where(name => pages.Any(page => page[name] != 0)).Select(name => $"{name} {pages.Sum(page => page[name])}").ToList();
        if (entries != target.Calls)
            troubles.Add("the ledger is not the calls");
        var verdict = troubles.Count == 0 ? "nothing refused, voided, expired, failed or left" : "WRONG: " + string.Join(", ", troubles);
        Console.WriteLine(
            $"{target.Name}: {target.Calls:N0} calls, {entries:N0} entries in Postgres, settled by proxy {string.Join(" + ", settled.Select(count => $"{count:N0}"))}; {verdict}.");
        return troubles.Count == 0;
    }
}
