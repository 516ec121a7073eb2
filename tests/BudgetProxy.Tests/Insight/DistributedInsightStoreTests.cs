using BudgetProxy.Insight;
using BudgetProxy.Tests.Distributed;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Insight;

public sealed class DistributedInsightStoreTests : InsightStoreContract, IAsyncLifetime
{
    private RedisServer _redis = null!;
    private DistributedStoreFactory _store = null!;

    protected override IInsightStore Store => _store.Distributed.Insight;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _store = new DistributedStoreFactory(new TestClock(), _redis.ConnectionString, await Databases.NewAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _redis.DisposeAsync();
    }
}
