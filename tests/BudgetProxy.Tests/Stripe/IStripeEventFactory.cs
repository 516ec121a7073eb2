using BudgetProxy.Billing;
using BudgetProxy.Stripe;

namespace BudgetProxy.Tests.Stripe;

/// <summary>Makes a store of Stripe's events on a fresh database.</summary>
public interface IStripeEventFactory : IAsyncDisposable
{
    IStripeEventStore Store { get; }

    /// <summary>A second one on the same database, as another proxy has it.</summary>
    IStripeEventStore Other { get; }

    IBillingStore Buckets { get; }

    /// <summary>Puts down a bucket of a tenant.</summary>
    Task BucketAsync(Guid id, string tenant);
}
