using BudgetProxy.Billing;
using BudgetProxy.Distributed.Postgres;
using BudgetProxy.Stripe;
using BudgetProxy.Tests.Stripe;
using Npgsql;

namespace BudgetProxy.Tests.Distributed.Postgres;

public sealed class PostgresStripeEventStoreTests : StripeEventStoreContract
{
    protected override async Task<IStripeEventFactory> CreateAsync() => new Factory(await TestDatabase.CreateAsync());

    private sealed class Factory(TestDatabase data) : IStripeEventFactory
    {
        public IStripeEventStore Store { get; } = new PostgresStripeEventStore(data.Database);

        public IStripeEventStore Other { get; } = new PostgresStripeEventStore(data.Database);

        public IBillingStore Buckets { get; } = new PostgresBillingStore(data.Database);

        public async Task BucketAsync(Guid id, string tenant)
        {
            await using var command = data.Database.Source.CreateCommand(
                "INSERT INTO billing_buckets (id, tenant, meter, hour, number, amount, value, cut_at, state, first_attempt_at, sent_at) VALUES ($1, $2, 'usage', $3, 0, 1000, 1, 0, 'sent', 5, 6)");
            command.Parameters.Add(new NpgsqlParameter { Value = id });
            command.Parameters.Add(new NpgsqlParameter { Value = tenant });
            command.Parameters.Add(new NpgsqlParameter { Value = (long)id.GetHashCode() });
            await command.ExecuteNonQueryAsync();
        }

        public ValueTask DisposeAsync() => data.DisposeAsync();
    }
}
