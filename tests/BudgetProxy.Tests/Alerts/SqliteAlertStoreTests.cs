using BudgetProxy.Alerts;
using BudgetProxy.Embedded;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Alerts;

public sealed class SqliteAlertStoreTests : AlertStoreContract
{
    protected override Task<IAlertStoreFactory> CreateAsync() => Task.FromResult<IAlertStoreFactory>(new Factory());

    private sealed class Factory : IAlertStoreFactory
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedDatabase _database;

        public Factory()
        {
            _database = new EmbeddedDatabase(_folder.Path);
            Store = new SqliteAlertStore(_database);
            Other = new SqliteAlertStore(_database);
            Spend = new SqliteSpendSource(_database);
        }

        public IAlertStore Store { get; }

        public IAlertStore Other { get; }

        public ISpendSource Spend { get; }

        public async Task AppendAsync(IReadOnlyList<LedgerEntry> entries)
        {
            using var ledger = new EmbeddedStore(_database, new TestClock());
            await ledger.AppendAsync(entries, [], default);
        }

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
