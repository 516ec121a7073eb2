using BudgetProxy.Batches;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Batches;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class PostgresBatchStoreTests : BatchStoreContract
{
    protected override async Task<IBatchStoreFactory> CreateAsync() => new Factory(await TestDatabase.CreateAsync());

    private sealed class Factory(TestDatabase data) : IBatchStoreFactory
    {
        public IBatchStore Store { get; } = new PostgresBatchStore(data.Database);

        public IDirectoryStore Directory { get; } = new PostgresDirectoryStore(data.Database);

        public ValueTask DisposeAsync() => data.DisposeAsync();
    }
}
