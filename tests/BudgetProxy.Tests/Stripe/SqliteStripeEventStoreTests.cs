using BudgetProxy.Billing;
using BudgetProxy.Embedded;
using BudgetProxy.Stripe;
using BudgetProxy.Tests.Infrastructure;

namespace BudgetProxy.Tests.Stripe;

public sealed class SqliteStripeEventStoreTests : StripeEventStoreContract
{
    protected override Task<IStripeEventFactory> CreateAsync() => Task.FromResult<IStripeEventFactory>(new Factory());

    private sealed class Factory : IStripeEventFactory
    {
        private readonly TempFolder _folder = new();
        private readonly EmbeddedDatabase _database;

        public Factory()
        {
            _database = new EmbeddedDatabase(_folder.Path);
            Store = new SqliteStripeEventStore(_database);
            Buckets = new SqliteBillingStore(_database);
            Other = new SqliteStripeEventStore(_database);
        }

        public IStripeEventStore Store { get; }

        public IStripeEventStore Other { get; }

        public IBillingStore Buckets { get; }

        public Task BucketAsync(Guid id, string tenant)
        {
            SomeBuckets.Add(_database, id, tenant);
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _database.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
