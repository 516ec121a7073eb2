using BudgetProxy.Embedded;
using BudgetProxy.Rates;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Rates;

public sealed class SqliteRateStoreTests : RateStoreContract
{
    protected override Task<IRateStoreFactory> CreateAsync() => Task.FromResult<IRateStoreFactory>(new Factory());

    private sealed class Factory : IRateStoreFactory
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedDatabase _database;

        public Factory() => _database = new EmbeddedDatabase(_folder.Path);

        public IRateStore Open() => new SqliteRateStore(_database);

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
