using BudgetProxy.Reservations;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;

namespace BudgetProxy.Tests.Distributed;

/// <summary>The contract on one real Redis and a real Postgres.</summary>
public sealed class DistributedStoreTests : ReservationStoreContract, IAsyncLifetime
{
    private RedisServer _redis = null!;

    protected override int Histories => 10;

    public async ValueTask InitializeAsync() => _redis = await RedisServer.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    protected override async Task LoseAsync(StoreScenario s)
    {
        // What nobody else knows must have reached the ledger: charges of calls whose owner is gone.
        await s.EntriesAsync();
        await _redis.ExecuteAsync("FLUSHALL");
        await Poll.UntilAsync(
            async () =>
            {
                try
                {
                    await s.Store.PingAsync(CancellationToken.None);
                    return true;
                }
                catch (StoreUnavailableException)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(60),
            "the counters are made again");
    }

    protected override IStoreFactory Create(TestClock clock)
    {
        _redis.ExecuteAsync("FLUSHALL").GetAwaiter().GetResult();
        return new DistributedStoreFactory(clock, _redis.ConnectionString, Databases.NewAsync().GetAwaiter().GetResult());
    }
}
