using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Learning;
using BudgetProxy.Tenants;
using BudgetProxy.Tests.Learning;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class PostgresLearningStoreTests : LearningStoreContract
{
    protected override async Task<ILearningFactory> CreateAsync() => new Factory(await TestDatabase.CreateAsync());

    private sealed class Factory(TestDatabase data) : ILearningFactory
    {
        public ILearningStore Store { get; } = new PostgresLearningStore(data.Database);

        public IDirectoryStore Directory { get; } = new PostgresDirectoryStore(data.Database);

        public Task DamageAsync() => data.ScalarAsync("UPDATE learned SET part = '\\x0102'");

        public ValueTask DisposeAsync() => data.DisposeAsync();
    }
}
