using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;

namespace BudgetProxy.Tests.Distributed;

/// <summary>The contract on a Redis Cluster of three nodes.</summary>
public sealed class ClusterStoreTests : ReservationStoreContract, IAsyncLifetime
{
    private RedisCluster _redis = null!;

    protected override int Histories => 3;

    public async ValueTask InitializeAsync() => _redis = await RedisCluster.StartAsync();

    public ValueTask DisposeAsync() => _redis.DisposeAsync();

    protected override IStoreFactory Create(TestClock clock)
    {
        foreach (var node in _redis.Nodes)
            node.ExecuteAsync("FLUSHALL").GetAwaiter().GetResult();
        return new DistributedStoreFactory(clock, _redis.ConnectionString, Databases.NewAsync().GetAwaiter().GetResult());
    }
}
