using System.Diagnostics;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Embedded;
using BudgetProxy.Reservations;

namespace BudgetProxy.Benchmarks.Store;

/// <summary>The embedded store alone: pairs of reserve and settle with three budgets, as every call through the proxy makes one.</summary>
public static class StoreBenchmark
{
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync()
    {
        var folder = Directory.CreateTempSubdirectory("budgetproxy-bench-");
        try
        {
            using var database = new EmbeddedDatabase(folder.FullName);
            using var store = new EmbeddedStore(database, TimeProvider.System);
            await MeasureAsync(store, 1, TimeSpan.FromSeconds(1));
            await MeasureAsync(store, 128, TimeSpan.FromSeconds(1));
            Console.WriteLine("| callers | pairs/s | reserve p50 µs | reserve p99 µs | steps a commit |");
            Console.WriteLine("|---|---|---|---|---|");
            foreach (var callers in new[] { 1, 32, 128 })
            {
                long commits = store.Commits, steps = store.Steps;
                var (pairs, p50, p99) = await MeasureAsync(store, callers, Round);
                Console.WriteLine($"| {callers} | {pairs:N0} | {p50:N1} | {p99:N1} | {(store.Steps - steps) / (double)(store.Commits - commits):N1} |");
            }

            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(double Pairs, double P50, double P99)> MeasureAsync(EmbeddedStore store, int callers, TimeSpan length)
    {
        var end = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var begun = Stopwatch.GetTimestamp();
        var rounds = await Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(() => CallAsync(store, i, end))));
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var times = rounds.SelectMany(r => r).Order().ToArray();
        return (times.Length / seconds, Micros(times[times.Length / 2]), Micros(times[(int)(times.Length * 0.99)]));
    }

    private static async Task<List<long>> CallAsync(EmbeddedStore store, int number, long end)
    {
        var caller = new Caller { Tenant = "acme", Key = "key_1", User = $"user-{number}" };
        Budget[] budgets =
        [
            Budget("monthly", WindowKind.Month, LimitKind.Usd, null),
            Budget("daily-user", WindowKind.Day, LimitKind.Usd, BudgetDimension.User),
            Budget("calls", WindowKind.Hour, LimitKind.Requests, null),
        ];
        var usage = Usage.Inclusive(1_200, 0, 0, 0, 300);
        var settlement = new Settlement(usage, UsageBasis.Reported, new NanoUsd(360_000), "openai/gpt-4o-mini@2024-07-18", "gpt-4o-mini-2024-07-18", 200);
        var times = new List<long>();
        while (Stopwatch.GetTimestamp() < end)
        {
            var begun = Stopwatch.GetTimestamp();
            var call = Call(caller, budgets, usage);
            var outcome = await store.ReserveAsync(call, CancellationToken.None);
            times.Add(Stopwatch.GetTimestamp() - begun);
            if (outcome.Refusal is not null)
                throw new InvalidOperationException("The benchmark's budgets should never refuse.");
            await store.SettleAsync(call.Id, settlement, CancellationToken.None);
        }

        return times;
    }

    private static Reservation Call(Caller caller, Budget[] budgets, Usage usage)
    {
        var holds = new List<Hold>(budgets.Length);
        BudgetMatcher.Match(budgets, caller, Provider.OpenAi, "gpt-4o-mini", new NanoUsd(1_000_000), usage.Total, holds);
        var now = TimeProvider.System.GetUtcNow();
        return new Reservation
        {
            Id = Guid.CreateVersion7(now),
            Caller = caller,
            Provider = Provider.OpenAi,
            Api = ProviderApi.OpenAiChat,
            Model = "gpt-4o-mini",
            Rate = "openai/gpt-4o-mini@2024-07-18",
            Amount = new NanoUsd(1_000_000),
            WorstUsage = usage,
            StartedAt = now,
            Lifetime = TimeSpan.FromMinutes(10),
            Holds = holds,
        };
    }

    private static Budget Budget(string name, WindowKind window, LimitKind kind, BudgetDimension? per) => new()
    {
        Tenant = "acme",
        Name = name,
        LimitKind = kind,
        Limit = NanoUsd.MaxLimit.Value,
        Per = per,
        Window = new BudgetWindow(window, TimeSpan.Zero, TimeZoneInfo.Utc),
    };

    private static double Micros(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
