using BudgetProxy.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(SharedRedis))]

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>One server for all tests that don't break it; each drops what the last one left. Started by the first test that asks.</summary>
public sealed class SharedRedis : IAsyncDisposable
{
    private static readonly Lazy<Task<RedisServer>> Server = new(RedisServer.NamedOrStartedAsync);

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated)
            await (await Server.Value).DisposeAsync();
    }

    internal static Task<RedisServer> GetAsync() => Server.Value;
}
