using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Invoices;
using BudgetProxy.Tests.Distributed.Postgres;

namespace BudgetProxy.Tests.Invoices;

public sealed class PostgresInvoiceStoreTests : InvoiceStoreContract
{
    protected override async Task<IInvoiceScene> CreateAsync() => new Scene(await TestDatabase.CreateAsync());

    private sealed class Scene(TestDatabase data) : IInvoiceScene
    {
        public IInvoiceStore Store { get; } = new PostgresInvoiceStore(data.Database);

        public ValueTask DisposeAsync() => data.DisposeAsync();
    }
}
