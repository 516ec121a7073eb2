using BudgetProxy.Audit;
using BudgetProxy.Embedded;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Infrastructure;
using BudgetProxy.Tests.Tenants;

namespace BudgetProxy.Tests.Embedded;

public sealed class SqliteDirectoryStoreTests : DirectoryStoreContract
{
    protected override Task<IDirectoryFactory> CreateAsync() => Task.FromResult<IDirectoryFactory>(new Factory());

    private sealed class Factory : IDirectoryFactory
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedDatabase _database;

        public Factory()
        {
            _database = new EmbeddedDatabase(_folder.Path);
            Store = new SqliteDirectoryStore(_database);
        }

        public IDirectoryStore Store { get; }

        public IAuditStore Audit => new SqliteAuditStore(_database);

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
