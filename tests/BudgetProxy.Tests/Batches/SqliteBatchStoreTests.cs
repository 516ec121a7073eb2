using BudgetProxy.Batches;
using BudgetProxy.Embedded;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Batches;

public sealed class SqliteBatchStoreTests : BatchStoreContract
{
    protected override Task<IBatchStoreFactory> CreateAsync() => Task.FromResult<IBatchStoreFactory>(new Factory());

    private sealed class Factory : IBatchStoreFactory
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedDatabase _database;

        public Factory()
        {
            _database = new EmbeddedDatabase(_folder.Path);
            Store = new SqliteBatchStore(_database);
            Directory = new SqliteDirectoryStore(_database);
        }

        public IBatchStore Store { get; }

        public IDirectoryStore Directory { get; }

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
