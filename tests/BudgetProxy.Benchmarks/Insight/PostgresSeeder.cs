using BudgetProxy.Core.Rates;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Rates;
using BudgetProxy.Tenants;

namespace BudgetProxy.Benchmarks.Insight;

/// <summary>The same into a Postgres, by the statements that move entries there. Counters are made by the proxies from the ledger when they are first met.</summary>
internal static class PostgresSeeder
{
    private const int TenantsAtOnce = 500;
    private const int EntriesAtOnce = 10_000;

    public static async Task RunAsync(SeedPlan plan, string address)
    {
        await using var database = new PostgresDatabase(address);
        await PostgresMigrations.ApplyAsync(database.Source, CancellationToken.None);
        var progress = new SeedProgress();
        var directory = new PostgresDirectoryStore(database);
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

        var rates = RateCard.Shipped.Rates.GroupBy(rate => rate.Id, StringComparer.Ordinal).ToDictionary(rate => rate.Key, rate => rate.First(), StringComparer.Ordinal);
        database.CacheSaved = entry => CacheSavings.Of(entry, rates.GetValueOrDefault);
        var ledger = new PostgresLedger(database);
        for (var month = -2; month <= 0; month++)
            await ledger.EnsurePartitionsAsync(plan.End.AddMonths(month), CancellationToken.None);
        var written = 0L;
        foreach (var chunk in plan.Ledger().Chunk(EntriesAtOnce))
        {
            await ledger.InsertAsync([.. chunk.Select(entry => new PlacedEntry(entry, new Place(1, ++written)))], CancellationToken.None);
            progress.Show("entries", written, plan.Entries);
        }
    }
}
