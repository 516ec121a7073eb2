using BudgetProxy.Demo;
using BudgetProxy.Tests.Infrastructure;
using static BudgetProxy.Tests.Batches.BatchScene;

namespace BudgetProxy.Tests.Batches;

/// <summary>kill -9 of the proxy while it makes, follows and settles batches: in the end the provider's books, the ledger and the counters say the same.</summary>
public sealed class BatchKillTests
{
    private const int LineCount = 6_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact(Timeout = 240_000)]
    public async Task Between_the_parts_of_a_settlement_nothing_is_lost_and_nothing_is_twice()
    {
        await using var scene = await BatchProcess.StartAsync();
        scene.Provider.Script = call => new SimulatedAnswer { OutputTokens = 1 + call.Number % 9, Status = call.Number % 11 == 0 ? 500 : 200 };
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = int.MaxValue };
        using (var client = scene.Client())
        {
            await CreatedAsync(client, await UploadedAsync(client, Lines(LineCount, i => ChatLine($"{i}"))));
            await MessagesAsync(client, Requests(LineCount, i => MessageRequest($"{i}")));
        }

        // Once while it only follows; then each time that more was booked.
        await scene.Proxy.KillAsync();
        await scene.Proxy.RestartAsync();
        Assert.True(await scene.CounterAsync("monthly", "held") > 0);
        Assert.Equal(2 * LineCount, await scene.CounterAsync("calls", "held"));
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        for (var kills = 0; kills < 4; kills++)
        {
            var booked = await scene.CounterAsync("calls", "spent");
            await Poll.UntilAsync(
                async () => await scene.CounterAsync("calls", "spent") > booked || await scene.CounterAsync("calls", "held") == 0, Patience, "more is booked");
            await scene.Proxy.KillAsync();
            await scene.Proxy.RestartAsync();
        }

        await Poll.UntilAsync(async () => await scene.CounterAsync("calls", "held") == 0, Patience, "all is settled");
        await AssertBooksAsync(scene);
    }

    [Fact(Timeout = 120_000)]
    public async Task While_the_provider_makes_the_batch_all_of_it_stays_reserved()
    {
        await using var scene = await BatchProcess.StartAsync();
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0, CreateDelay = TimeSpan.FromSeconds(20) };
        using (var client = scene.Client())
        {
            var making = CreateAsync(client, await UploadedAsync(client, Lines(40, i => ChatLine($"{i}"))));
            await Poll.UntilAsync(() => scene.Provider.Batches.All.Count == 1, Patience, "the provider has it");
            await scene.Proxy.KillAsync();
            await Assert.ThrowsAsync<HttpRequestException>(() => making);
        }

        // Whether another proxy still sends it can't be known before the longest time that a sending takes is over.
        await scene.Proxy.RestartAsync();
        using var next = scene.Client();
        scene.Provider.BatchPlan = new SimulatedBatchPlan { LooksUntilEnd = 0 };
        await CreatedAsync(next, await UploadedAsync(next, Lines(10, i => ChatLine($"{i}"))));
        await Poll.UntilAsync(async () => await scene.CounterAsync("calls", "spent") == 10, Patience, "a later one is settled");
        Assert.Equal(40, await scene.CounterAsync("calls", "held"));
    }

    private static async Task AssertBooksAsync(BatchProcess scene)
    {
        var ledger = await scene.LedgerAsync();
        var billed = scene.Provider.Batches.Lines.Where(line => line.Status == 200).ToList();
        Assert.Equal(billed.Count, ledger.Count);
        Assert.Equal(ledger.Count, ledger.Select(entry => entry.GetProperty("id").GetString()).Distinct().Count());
        Assert.Equal(scene.Provider.Batches.Billed.TotalInput, ledger.Sum(InputOf));
        Assert.Equal(scene.Provider.Batches.Billed.Output, ledger.Sum(entry => entry.GetProperty("tokens").GetProperty("output").GetInt64()));
        Assert.All(ledger, entry => Assert.Equal("reported", entry.GetProperty("basis").GetString()));
        Assert.Equal(ledger.Sum(entry => Money(entry, "costUsd")), await scene.CounterAsync("monthly", "spent"));
        Assert.Equal(0m, await scene.CounterAsync("monthly", "held"));
        Assert.Equal(ledger.Count, await scene.CounterAsync("calls", "spent"));
    }
}
