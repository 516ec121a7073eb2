using System.Diagnostics;
using System.Globalization;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Faults;

/// <summary>
/// Rounds of random faults, every one followed by the whole audit. One round of a fixed seed with the other tests; as many as fit into
/// <c>BUDGETPROXY_SOAK_MINUTES</c>, from <c>BUDGETPROXY_SOAK_SEED</c> or a seed of the moment, where that is set.
/// </summary>
[Collection(FaultCollection.Name)]
public sealed class SoakTests
{
    private const int FaultsInRound = 4;
    private const int UsualSeed = 20261;

    [Fact]
    public async Task Whatever_strikes_the_books_agree_after_each_round()
    {
        var minutes = Number("BUDGETPROXY_SOAK_MINUTES");
        var seed = Number("BUDGETPROXY_SOAK_SEED") ?? (minutes is null ? UsualSeed : Random.Shared.Next());
        var run = Stopwatch.StartNew();
        do
        {
            await RoundAsync(seed);
            seed++;
        }
        while (run.Elapsed < TimeSpan.FromMinutes(minutes ?? 0));
    }

    private static async Task RoundAsync(int seed)
    {
        Say($"Round of seed {seed}:");
        var random = new Random(seed);
        await using var redis = await RedisServer.StartAsync();
        await using var postgres = await PostgresServer.StartAsync();
        await using var network = CuttingProxy.Start(redis.Port);
        var database = await postgres.CreateDatabaseAsync();
        var faults = new RandomFaults(random, redis, postgres, network);
        var options = await Stores.BehindAsync(network, redis) with { Postgres = _ => database };
        try
        {
            await new Scenario(options) { Seed = seed, Breaks = true }.RunAsync(async (fleet, traffic) =>
            {
                await traffic.ServeAsync(200);
                for (var i = 0; i < FaultsInRound; i++)
                {
                    var (name, strike) = faults.Next(fleet, traffic);
                    Say($"  {TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {name}");
                    await strike();
                    await traffic.ServeAsync(random.Next(50, 300));
                }
            });
        }
        catch (Exception failed)
        {
            throw new InvalidOperationException($"In the round of seed {seed}: {failed.Message}", failed);
        }
    }

    private static void Say(string line)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(line);
        TestContext.Current.SendDiagnosticMessage(line);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : null;
}
