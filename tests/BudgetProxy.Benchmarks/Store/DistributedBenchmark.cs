using BudgetProxy.Benchmarks.Servers;
using BudgetProxy.Distributed;
using BudgetProxy.Hosting;
using Microsoft.Extensions.Logging;

namespace BudgetProxy.Benchmarks.Store;

/// <summary>The distributed store on a real Redis and a real Postgres, beside what that Redis does with a script that does nothing.</summary>
internal static class DistributedBenchmark
{
    /// <param name="deadline">How long one call to Redis may take; null = as long as the proxy gives it.</param>
    public static async Task<bool> RunAsync(TimeSpan warmUp, TimeSpan length, TimeSpan? deadline)
    {
        await using var servers = await StoreServers.StartAsync();
        var folder = Directory.CreateTempSubdirectory("budgetproxy-bench-");
        try
        {
            using var loggers = LoggerFactory.Create(logging => logging
                .SetMinimumLevel(LogLevel.Warning)
                .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Warning));
            var options = new DistributedOptions(servers.Redis, servers.Postgres, folder.FullName, deadline ?? new ProxyOptions().StoreDeadline);
            await using var store = await DistributedStore.OpenAsync(options, TimeProvider.System, clockDecides: false, loggers, CancellationToken.None);
            return await MeasureAsync(servers, store, warmUp, length);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<bool> MeasureAsync(StoreServers servers, DistributedStore store, TimeSpan warmUp, TimeSpan length)
    {
        var load = new StoreLoad(store.Reservations);
        await load.DefineAsync();
        var pairs = 0L;
        foreach (var callers in (int[])[1, 128])
            pairs += (await RunAsync(servers, load, callers, warmUp)).Seen.Pairs;
        Console.WriteLine(
            "| distributed: callers | pairs/s | steps/s | reserve p50 µs | reserve p99 µs | steps a script call | CPU µs a pair, Redis | Postgres "
            + "| redis-benchmark, EVAL/s | steps ÷ EVAL | outbox at most | empty after ms |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var callers in StoreBenchmark.Callers)
        {
            var evals = await EvalBenchmark.RunAsync(servers.RedisPort, callers, length);
            var (scriptsBefore, redisBefore, postgresBefore) = (await servers.ScriptCallsAsync(), servers.RedisCpu, servers.PostgresCpu);
            var (seen, outbox) = await RunAsync(servers, load, callers, length);
            var scripts = await servers.ScriptCallsAsync() - scriptsBefore;
            var (redis, postgres) = (servers.RedisCpu - redisBefore, servers.PostgresCpu - postgresBefore);
            pairs += seen.Pairs;
            Console.WriteLine(
                $"| {callers} | {seen.PairsPerSecond:N0} | {seen.StepsPerSecond:N0} | {seen.P50:N1} | {seen.P99:N1} "
                + $"| {seen.Steps / (double)scripts:N1} | {redis.TotalMicroseconds / seen.Pairs:N0} | {postgres.TotalMicroseconds / seen.Pairs:N0} "
                + $"| {evals:N0} | **{seen.StepsPerSecond / evals:0.00}** | {outbox.Longest:N0} | {outbox.Emptied.TotalMilliseconds:N0} |");
        }

        var entries = await servers.LedgerCountAsync();
        Console.WriteLine($"{pairs:N0} pairs, {entries:N0} entries in Postgres, {store.OpenReservations} open, {store.Spooled} spooled, {store.DeadLetters} put aside.");
        return entries == pairs && store is { OpenReservations: 0, Spooled: 0, DeadLetters: 0 };
    }

    /// <summary>Returns once Postgres has all entries, so that runs do not pay for those before them.</summary>
    private static async Task<(StoreResult Seen, OutboxRun Outbox)> RunAsync(StoreServers servers, StoreLoad load, int callers, TimeSpan length)
    {
        await using var watch = new OutboxWatch(servers);
        var seen = await load.RunAsync(callers, length);
        return (seen, await watch.WhenEmptyAsync());
    }
}
