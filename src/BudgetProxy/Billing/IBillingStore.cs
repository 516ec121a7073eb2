using BudgetProxy.Reservations;

namespace BudgetProxy.Billing;

/// <summary>
/// The seam of buckets and of their way to Stripe. Durable when a method returns. Every method may throw <see cref="StoreUnavailableException"/>, those that take
/// a lease also <see cref="LeaseLostException"/>, and nothing else but cancellation.
/// </summary>
public interface IBillingStore
{
    ValueTask<BillingState> StateAsync(CancellationToken cancellationToken);

    /// <summary>Says from when usage is billed. Where that is earlier than before, or new, the hours from there on are looked at anew.</summary>
    /// <param name="from">First instant of an hour; null = as it is, or else that of <paramref name="now"/>.</param>
    ValueTask StartAsync(DateTimeOffset? from, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Asks whichever proxy exports for a run.</summary>
    /// <returns>The run has ended once <see cref="BillingState.Finished"/> is at least this.</returns>
    ValueTask<long> WantRunAsync(CancellationToken cancellationToken);

    /// <summary>Takes note that a run ended.</summary>
    /// <param name="served">What was wanted when it began.</param>
    ValueTask EndRunAsync(long served, DateTimeOffset now, string? error, BillingLease lease, CancellationToken cancellationToken);

    /// <summary>Says why nothing is sent at all.</summary>
    /// <param name="reason">Null = it is sent again.</param>
    ValueTask StopAsync(string? reason, DateTimeOffset now, BillingLease lease, CancellationToken cancellationToken);

    /// <summary>Takes the lease, or keeps it.</summary>
    /// <returns>Null = another has it.</returns>
    ValueTask<BillingLease?> TakeLeaseAsync(Guid owner, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>Gives the lease back, where it is still held.</summary>
    ValueTask ReleaseLeaseAsync(BillingLease lease, CancellationToken cancellationToken);

    /// <summary>Of each tenant and meter the one open bucket that is to go next: one that may have arrived before all others, else the oldest.</summary>
    /// <param name="after">Only those of tenants and meters that follow; null = from the first.</param>
    /// <param name="most">So many at most; fewer = there are no more.</param>
    ValueTask<IReadOnlyList<Bucket>> HeadsAsync((string Tenant, string Meter)? after, int most, CancellationToken cancellationToken);

    /// <summary>Writes how far buckets are, those whose revision is still as given.</summary>
    /// <returns>Those that were written, with their new revisions.</returns>
    ValueTask<IReadOnlyList<Bucket>> SaveAsync(IReadOnlyList<Bucket> buckets, BillingLease lease, CancellationToken cancellationToken);

    /// <summary>The customer that a tenant was linked to when it was last cut or was deleted; null = it never was linked.</summary>
    ValueTask<string?> LastCustomerAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>What under tenants' ids waits to be billed, whether or not they are there now; of those under whose ids nothing waits there is nothing.</summary>
    /// <param name="from">Hours of before count for nothing.</param>
    ValueTask<IReadOnlyList<UsageLeft>> LeftAsync(IReadOnlyCollection<string> tenants, DateTimeOffset from, CancellationToken cancellationToken);

    IAsyncEnumerable<Bucket> BucketsAsync(BucketFilter filter, CancellationToken cancellationToken);

    ValueTask<Bucket?> FindAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>By tenant, meter and UTC day.</summary>
    ValueTask<IReadOnlyList<BucketSum>> SumsAsync(BucketSumQuestion question, CancellationToken cancellationToken);

    /// <summary>By tenant, meter, customer and UTC day of the stamp, ordered by these.</summary>
    /// <param name="tenant">Null = of all.</param>
    /// <param name="customer">Only what was sent for this one; null = all.</param>
    ValueTask<IReadOnlyList<StampedSum>> StampedAsync(ReconciliationSpan span, string? tenant, string? customer, CancellationToken cancellationToken);

    /// <summary>All that is not sent, by tenant, meter, state and cause.</summary>
    ValueTask<IReadOnlyList<OpenSum>> OpenAsync(CancellationToken cancellationToken);

    /// <summary>All buckets together, by meter; their tenant is empty.</summary>
    ValueTask<IReadOnlyList<MeterTotal>> TotalsAsync(CancellationToken cancellationToken);

    /// <summary>Writes what a look at Stripe's sums told of a bucket that is sent, verified or dead, and which nobody is about to send: its state, error and cause, when it was sent, and since when it is missed.</summary>
    /// <returns>False = it was written since it was read, and stays as it is.</returns>
    ValueTask<bool> NoteLookAsync(Bucket bucket, CancellationToken cancellationToken);

    /// <summary>Lets one that is parked, dead or unknown be tried again: under a new key, but for an unknown one, which is compared with Stripe's sums at once.</summary>
    /// <returns>False = there is none that can be.</returns>
    ValueTask<bool> RetryAsync(Guid id, CancellationToken cancellationToken);

    /// <summary>Gives up what of a tenant is pending, parked or dead, for good. What may have arrived stays.</summary>
    /// <returns>What was given up.</returns>
    ValueTask<IReadOnlyList<OpenSum>> WriteOffAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>Takes note that Stripe's sums have what was sent of a tenant, for one customer, with stamps of this span; and that of which there was nothing to send.</summary>
    /// <returns>How many were sent and are now verified.</returns>
    ValueTask<int> VerifyAsync((string Tenant, string Meter) of, string customer, ReconciliationSpan span, CancellationToken cancellationToken);
}
