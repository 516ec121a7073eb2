using BudgetProxy.Embedded;

namespace BudgetProxy.Benchmarks.Store;

/// <summary>The embedded store: SQLite in a temporary folder.</summary>
internal static class EmbeddedBenchmark
{
    public static async Task<bool> RunAsync(TimeSpan warmUp, TimeSpan length)
    {
        var folder = Directory.CreateTempSubdirectory("budgetproxy-bench-");
        try
        {
            using var database = new EmbeddedDatabase(folder.FullName);
            using var store = new EmbeddedStore(database, TimeProvider.System);
            var load = new StoreLoad(store);
            await load.DefineAsync();
            await load.RunAsync(1, warmUp);
            await load.RunAsync(128, warmUp);
            Console.WriteLine("| embedded: callers | pairs/s | reserve p50 µs | reserve p99 µs | steps a commit |");
            Console.WriteLine("|---|---|---|---|---|");
            foreach (var callers in StoreBenchmark.Callers)
            {
                long commits = store.Commits, steps = store.Steps;
                var seen = await load.RunAsync(callers, length);
                var batch = (store.Steps - steps) / (double)(store.Commits - commits);
                Console.WriteLine($"| {callers} | {seen.PairsPerSecond:N0} | {seen.P50:N1} | {seen.P99:N1} | {batch:N1} |");
            }

            return true;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
