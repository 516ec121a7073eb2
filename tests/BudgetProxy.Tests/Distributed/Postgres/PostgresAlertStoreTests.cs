using BudgetProxy.Alerts;
using BudgetProxy.Distributed;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Ledger;
using BudgetProxy.Tests.Alerts;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class PostgresAlertStoreTests : AlertStoreContract
{
    protected override async Task<IAlertStoreFactory> CreateAsync() => new Factory(await TestDatabase.CreateAsync());

    private sealed class Factory(TestDatabase data) : IAlertStoreFactory
    {
        public IAlertStore Store { get; } = new PostgresAlertStore(data.Database);

        public IAlertStore Other { get; } = new PostgresAlertStore(data.Database);

        public ISpendSource Spend { get; } = new PostgresSpendSource(data.Database);

        public async Task AppendAsync(IReadOnlyList<LedgerEntry> entries) => await new PostgresLedger(data.Database).InsertAsync(
            [.. entries.Select((entry, i) => new PlacedEntry(entry, new Place(1, i + 1)))], default);

        public ValueTask DisposeAsync() => data.DisposeAsync();
    }
}
