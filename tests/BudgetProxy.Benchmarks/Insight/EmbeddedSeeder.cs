using BudgetProxy.Core.Rates;
using BudgetProxy.Embedded;
using BudgetProxy.Ledger;
using BudgetProxy.Rates;
using BudgetProxy.Tenants;

namespace BudgetProxy.Benchmarks.Insight;

/// <summary>Writes a plan straight into a data directory: what the proxy itself would have written, by its own statements, in large transactions.</summary>
internal static class EmbeddedSeeder
{
    private const int TenantsAtOnce = 500;
    private const int EntriesAtOnce = 200_000;

    public static async Task RunAsync(SeedPlan plan, string data)
    {
        using var database = new EmbeddedDatabase(data);
        var progress = new SeedProgress();
        var directory = new SqliteDirectoryStore(database);
        for (var from = 0; from < plan.Tenants; from += TenantsAtOnce)
        {
            var numbers = Enumerable.Range(from, Math.Min(TenantsAtOnce, plan.Tenants - from)).ToList();
            await directory.WriteAsync(
                new DirectoryWrite
                {
                    Tenants = [.. numbers.Select(plan.Tenant)],
                    Budgets = [.. numbers.SelectMany(plan.Budgets)],
                    Keys = [.. numbers.SelectMany(number => Enumerable.Range(0, 3).Select(key => plan.Key(number, key)))],
                },
                CancellationToken.None);
            progress.Show("tenants", from + numbers.Count, plan.Tenants);
        }

        WriteLedger(plan, database, progress);
        using var store = new EmbeddedStore(database, TimeProvider.System);
        var counted = 0;
        for (var number = 0; number < plan.Tenants; number++)
        {
            foreach (var budget in plan.Budgets(number))
                await store.SeedAsync(budget, CancellationToken.None);
            progress.Show("tenants' counters", ++counted, plan.Tenants);
        }
    }

    private static void WriteLedger(SeedPlan plan, EmbeddedDatabase database, SeedProgress progress)
    {
        var rates = RateCard.Shipped.Rates.GroupBy(rate => rate.Id, StringComparer.Ordinal).ToDictionary(rate => rate.Key, rate => rate.First(), StringComparer.Ordinal);
        using var session = database.OpenSession();
        // Made again where it fails; afterwards all is written as ever.
        session.Execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA wal_autocheckpoint = 100000;");
        var (ledger, usage) = (new LedgerTable(session), new UsageTable(session));
        var written = 0L;
        foreach (var chunk in plan.Ledger().Chunk(EntriesAtOnce))
        {
            session.Begin();
            var rows = new UsageRows(UsageLevels.WriteOrder);
            foreach (var entry in chunk)
            {
                ledger.Append(entry);
                rows.Add(entry, CacheSavings.Of(entry, rates.GetValueOrDefault));
            }

            usage.Add(new UsageBatch(Older: false, written, written + chunk.Length, rows, chunk.Length, 0));
            session.Execute("COMMIT");
            written += chunk.Length;
            progress.Show("entries", written, plan.Entries);
        }

        session.Checkpoint();
    }
}
