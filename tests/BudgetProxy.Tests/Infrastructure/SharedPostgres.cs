using BudgetProxy.Tests.Infrastructure;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace BudgetProxy.Tests.Infrastructure;

/// <summary>One server for all tests that leave it running; each makes a database of its own on it. Started by the first test that asks.</summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(PostgresServer.NamedOrStartedAsync);

    /// <summary>Makes a fresh database; answers its Npgsql connection string.</summary>
    public static async Task<string> CreateDatabaseAsync() => await (await Server.Value).CreateDatabaseAsync();

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated)
            await (await Server.Value).DisposeAsync();
    }
}
