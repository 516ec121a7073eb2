using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Embedded;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Distributed.Postgres;

/// <summary>The directories of two proxies that share a database.</summary>
internal sealed class TwoProxies : IAsyncDisposable
{
    private readonly EmbeddedStoreFactory _counters = new(new TestClock());
    private readonly TestDatabase _data;

    private TwoProxies(TestDatabase data)
    {
        _data = data;
        var store = new PostgresDirectoryStore(data.Database);
        A = new TenantDirectory(store, _counters.Store, TimeProvider.System);
        B = new TenantDirectory(store, _counters.Store, TimeProvider.System);
    }

    public TenantDirectory A { get; }

    public TenantDirectory B { get; }

    public TestDatabase Data => _data;

    public static async Task<TwoProxies> StartAsync(PostgresServer? server = null, string? keyOfB = null)
    {
        var proxies = new TwoProxies(await TestDatabase.CreateAsync(server));
        await proxies.A.StartAsync(null, CancellationToken.None);
        await proxies.B.StartAsync(keyOfB, CancellationToken.None);
        return proxies;
    }

    public async ValueTask DisposeAsync()
    {
        A.Dispose();
        B.Dispose();
        await _data.DisposeAsync();
        _counters.Dispose();
    }
}
