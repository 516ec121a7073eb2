using System.Diagnostics;
using BudgetProxy.Benchmarks.Proxy;
using BudgetProxy.Benchmarks.Servers;
using BudgetProxy.Benchmarks.Store;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Embedded;
using BudgetProxy.Insight;
using Npgsql;

namespace BudgetProxy.Benchmarks.Insight;

/// <summary><c>rollup</c>: what keeping the ledger's sums costs, with and without in turn.</summary>
internal static class RollUpBenchmark
{
    private const int Rounds = 4;
    private const int Callers = 32;
    private const int AtOnce = 1_000;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var length = TimeSpan.FromSeconds(arguments.Number("seconds", 3));
        var only = arguments.Text("only", "");
        if (only is "" or "pairs")
            await EmbeddedAsync(length);
        if (only is "" or "append")
            await AppendAsync(length);
        if (only is "" or "postgres")
            await PostgresAsync(length);
        return 0;
    }

    private static async Task EmbeddedAsync(TimeSpan length)
    {
        var folder = Directory.CreateTempSubdirectory("budgetproxy-bench-");
        using var database = new EmbeddedDatabase(folder.FullName);
        using var store = new EmbeddedStore(database, TimeProvider.System);
        var load = new StoreLoad(store);
        await load.DefineAsync();
        await load.RunAsync(Callers, length);
        await CompareAsync("embedded: pairs of reserve and settle", async with => (await BesideAsync(store, with, () => load.RunAsync(Callers, length))).PairsPerSecond);
        folder.Delete(recursive: true);
    }

    /// <summary>Entries of ten thousand tenants, as they come from nobody's one call: the dearest case for the sums.</summary>
    private static async Task AppendAsync(TimeSpan length)
    {
        var folder = Directory.CreateTempSubdirectory("budgetproxy-bench-");
        using var database = new EmbeddedDatabase(folder.FullName);
        using var store = new EmbeddedStore(database, TimeProvider.System);
        using var entries = Plan().Ledger().GetEnumerator();
        await CompareAsync("embedded: entries of 10,000 tenants appended, 100 at once", with => BesideAsync(store, with, () => RateAsync(length, async () =>
        {
            var page = Enumerable.Range(0, 100).Select(_ => entries.MoveNext() ? entries.Current : throw new InvalidOperationException("The plan has too few entries.")).ToList();
            await store.AppendAsync(page, Array.Empty<Budget>(), CancellationToken.None);
            return page.Count;
        })));
        folder.Delete(recursive: true);
    }

    private static async Task PostgresAsync(TimeSpan length)
    {
        await using var servers = await StoreServers.StartAsync();
        await using var database = new PostgresDatabase(servers.Postgres);
        await PostgresMigrations.ApplyAsync(database.Source, CancellationToken.None);
        var plan = Plan();
        var ledger = new PostgresLedger(database);
        for (var month = -2; month <= 0; month++)
            await ledger.EnsurePartitionsAsync(plan.End.AddMonths(month), CancellationToken.None);
        using var entries = plan.Ledger().GetEnumerator();
        var sequence = 0L;
        await CompareAsync("Postgres: entries of 10,000 tenants inserted, 1,000 at once", async with =>
        {
            await using (var connection = await database.Source.OpenConnectionAsync())
            await using (var command = new NpgsqlCommand($"ALTER TABLE ledger {(with ? "ENABLE" : "DISABLE")} TRIGGER ledger_rolled_up", connection))
                await command.ExecuteNonQueryAsync();
            return await RateAsync(length, async () =>
            {
                var page = new List<PlacedEntry>(AtOnce);
                while (page.Count < AtOnce && entries.MoveNext())
                    page.Add(new PlacedEntry(entries.Current, new Place(1, ++sequence)));
                await ledger.InsertAsync(page, CancellationToken.None);
                return page.Count;
            });
        });
    }

    private static SeedPlan Plan() => new(10_000, 0, 10_000_000, TimeProvider.System.GetUtcNow());

    private static async Task<T> BesideAsync<T>(EmbeddedStore store, bool with, Func<Task<T>> work)
    {
        // What was left by those without sums is not for those with them to pay.
        while ((await store.RollUpAsync(5_000, CancellationToken.None)).Left > 0)
        {
            // Until nothing is left.
        }

        using var stop = new CancellationTokenSource();
        var beside = with ? Task.Run(() => RollUpAsync(store, stop.Token)) : Task.CompletedTask;
        var seen = await work();
        await stop.CancelAsync();
        await beside;
        return seen;
    }

    /// <summary>As the proxy does it: once a second, until nothing is left.</summary>
    private static async Task RollUpAsync(EmbeddedStore store, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var size = UsageRollUp.StepAfter(0);
            while (!stop.IsCancellationRequested && await store.RollUpAsync(size, CancellationToken.None) is { Left: > 0 } step)
                size = UsageRollUp.StepAfter(step.Left);

            await Task.WhenAny(Task.Delay(1_000, stop));
        }
    }

    private static async Task<double> RateAsync(TimeSpan length, Func<Task<int>> work)
    {
        var begun = Stopwatch.GetTimestamp();
        var done = 0L;
        while (Stopwatch.GetElapsedTime(begun) < length)
            done += await work();
        return done / Stopwatch.GetElapsedTime(begun).TotalSeconds;
    }

    private static async Task CompareAsync(string what, Func<bool, Task<double>> measure)
    {
        var (without, with) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            without.Add(await measure(false));
            with.Add(await measure(true));
        }

        double Middle(List<double> rates) => rates.Order().Skip((Rounds / 2) - 1).Take(2).Average();
        Console.WriteLine($"{what}: {Middle(without):N0}/s without sums, {Middle(with):N0}/s with them, ratio {Middle(with) / Middle(without):0.00}");
    }
}
