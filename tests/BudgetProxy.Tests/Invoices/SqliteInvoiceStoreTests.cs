using BudgetProxy.Embedded;
using BudgetProxy.Invoices;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Invoices;

public sealed class SqliteInvoiceStoreTests : InvoiceStoreContract
{
    protected override Task<IInvoiceScene> CreateAsync() => Task.FromResult<IInvoiceScene>(new Scene());

    private sealed class Scene : IInvoiceScene
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedDatabase _database;

        public Scene()
        {
            _database = new EmbeddedDatabase(_folder.Path);
            Store = new SqliteInvoiceStore(_database);
        }

        public IInvoiceStore Store { get; }

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
