using System.Diagnostics;
using BudgetProxy.Core.Budgets;
using BudgetProxy.Core.Money;
using BudgetProxy.Core.Requests;
using BudgetProxy.Core.Tokens;
using BudgetProxy.Reservations;

namespace BudgetProxy.Benchmarks.Store;

/// <summary>Pairs of reserve and settle with three budgets, as every call through the proxy makes one.</summary>
internal sealed class StoreLoad(IReservationStore store)
{
    private const string Tenant = "acme";
    private const string Rate = "openai/gpt-4o-mini@2024-07-18";

    private static readonly Budget[] Budgets =
    [
        Budget("monthly", WindowKind.Month, LimitKind.Usd, null),
        Budget("daily-user", WindowKind.Day, LimitKind.Usd, BudgetDimension.User),
        Budget("calls", WindowKind.Hour, LimitKind.Requests, null),
    ];

    /// <summary>Defines the budgets, as the admin API does.</summary>
    public async Task DefineAsync()
    {
        foreach (var budget in Budgets)
            await store.SeedAsync(budget, CancellationToken.None);
    }

    public async Task<StoreResult> RunAsync(int callers, TimeSpan length)
    {
        var end = Stopwatch.GetTimestamp() + (long)(length.TotalSeconds * Stopwatch.Frequency);
        var begun = Stopwatch.GetTimestamp();
        var rounds = await Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(() => CallAsync(i, end))));
        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var times = rounds.SelectMany(r => r).Order().ToArray();
        return new StoreResult(times.Length, times.Length / seconds, Micros(times[times.Length / 2]), Micros(times[(int)(times.Length * 0.99)]));
    }

    private async Task<List<long>> CallAsync(int number, long end)
    {
        var caller = new Caller { Tenant = Tenant, Key = "key_1", User = $"user-{number}" };
        var usage = Usage.Inclusive(1_200, 0, 0, 0, 300);
        var settlement = new Settlement(usage, UsageBasis.Reported, new NanoUsd(360_000), Rate, "gpt-4o-mini-2024-07-18", 200);
        var times = new List<long>();
        while (Stopwatch.GetTimestamp() < end)
        {
            var begun = Stopwatch.GetTimestamp();
            var call = Call(caller, usage);
            var outcome = await store.ReserveAsync(call, CancellationToken.None);
            times.Add(Stopwatch.GetTimestamp() - begun);
            if (outcome.Refusal is not null)
                throw new InvalidOperationException("The benchmark's budgets should never refuse.");
            if (await store.SettleAsync(Tenant, call.Id, settlement, CancellationToken.None) != SettleOutcome.Resolved)
                throw new InvalidOperationException("A reservation that was held should be settled.");
        }

        return times;
    }

    private static Reservation Call(Caller caller, Usage usage)
    {
        var holds = new List<Hold>(Budgets.Length);
        BudgetMatcher.Match(Budgets, caller, Provider.OpenAi, "gpt-4o-mini", CallBounds.Strict(new NanoUsd(1_000_000), usage.Total, 0), holds);
        var now = TimeProvider.System.GetUtcNow();
        return new Reservation
        {
            Id = Guid.CreateVersion7(now),
            Caller = caller,
            Provider = Provider.OpenAi,
            Api = ProviderApi.OpenAiChat,
            Model = "gpt-4o-mini",
            Rate = Rate,
            Amount = new NanoUsd(1_000_000),
            WorstUsage = usage,
            StartedAt = now,
            Lifetime = TimeSpan.FromMinutes(10),
            Holds = holds,
        };
    }

    private static Budget Budget(string name, WindowKind window, LimitKind kind, BudgetDimension? per) => new()
    {
        Tenant = Tenant,
        Name = name,
        LimitKind = kind,
        Limit = NanoUsd.MaxLimit.Value,
        Per = per,
        Window = new BudgetWindow(window, TimeSpan.Zero, TimeZoneInfo.Utc),
    };

    private static double Micros(long ticks) => ticks * 1e6 / Stopwatch.Frequency;
}
