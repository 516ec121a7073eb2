using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Stripe;
using BudgetProxy.Tests.Stripe;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class PostgresStripeEventStoreTests : StripeEventStoreContract
{
    protected override async Task<IStripeEventFactory> CreateAsync() => new Factory(await TestDatabase.CreateAsync());

    private sealed class Factory(TestDatabase data) : IStripeEventFactory
    {
        public IStripeEventStore Store { get; } = new PostgresStripeEventStore(data.Database);

        public IStripeEventStore Other { get; } = new PostgresStripeEventStore(data.Database);

        public ValueTask DisposeAsync() => data.DisposeAsync();
    }
}
