using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Reservations;

namespace BudgetProxy.Tests.Distributed;

/// <summary>The contract on a Redis Cluster of three nodes, which is made once.</summary>
public sealed class ClusterStoreTests : ReservationStoreContract, IClassFixture<ClusterStoreTests.Cluster>
{
    private readonly Cluster _cluster;

    public ClusterStoreTests(Cluster cluster) => _cluster = cluster;

    protected override int Histories => 3;

    protected override IStoreFactory Create(TestClock clock)
    {
        foreach (var node in _cluster.Redis.Nodes)
            node.ExecuteAsync("FLUSHALL").GetAwaiter().GetResult();
        return new DistributedStoreFactory(clock, _cluster.Redis.ConnectionString, Databases.NewAsync().GetAwaiter().GetResult());
    }

    public sealed class Cluster : IAsyncLifetime
    {
        internal RedisCluster Redis { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Redis = await RedisCluster.StartAsync();

        public ValueTask DisposeAsync() => Redis.DisposeAsync();
    }
}
