using BudgetProxy.Tenants;

namespace BudgetProxy.Billing;

/// <summary>Chooses, of the buckets that are next, those that are to be tried now, and for whom.</summary>
/// <param name="retryParked">True: what is parked is tried now, whenever it would be its turn.</param>
internal sealed class BucketChoice(IBillingStore store, DirectorySnapshot directory, DateTimeOffset now, bool retryParked)
{
    /// <summary>Stripe tells identifiers apart for at least 24 hours; what is sent after this is compared before.</summary>
    public static readonly TimeSpan SafeRepeat = TimeSpan.FromHours(20);

    private readonly HashSet<(string Customer, string Meter)> _taken = [];

    /// <summary>When the first of those that were left is due.</summary>
    public DateTimeOffset? NextAt { get; private set; }

    /// <summary>The customer to send it for; null = not now.</summary>
    public async ValueTask<string?> CustomerOfAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        var customer = await LinkedAsync(bucket, cancellationToken);
        if (customer is null || !IsDue(bucket, customer))
            return null;
        // One request at a time for a customer and meter, also where two tenants have the same customer.
        return _taken.Add((customer, bucket.Meter)) ? customer : null;
    }

    /// <summary>True: too much time has passed since it may have arrived for Stripe to tell a repeat.</summary>
    public bool MustCompare(Bucket bucket) => bucket.FirstAttemptAt is { } first && now - first > SafeRepeat;

    private async ValueTask<string?> LinkedAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        // What may have arrived went to that customer, whomever the tenant is linked to since.
        if (bucket.FirstAttemptAt is not null && bucket.Customer is { } frozen)
            return frozen;
        var terms = BillingTerms.Of(directory, bucket.Tenant);
        if (terms.Exists)
            return terms.Customer;
        return await store.LastCustomerAsync(bucket.Tenant, cancellationToken) is { Length: > 0 } last ? last : null;
    }

    private bool IsDue(Bucket bucket, string customer)
    {
        var next = bucket.NextAt;
        if (bucket.State == BucketState.Parked)
        {
            if (retryParked || (bucket.Cause == ParkCause.Customer && bucket.Customer != customer))
                return true;
            // Two sums that do not fit are a person's to look at.
            if (next is null)
                return false;
        }

        if (next is null || next <= now)
            return true;
        if (NextAt is null || next < NextAt)
            NextAt = next;
        return false;
    }
}
