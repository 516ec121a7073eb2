using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>Where runs are asked for, whichever proxy makes them.</summary>
public sealed class BillingDesk(IBillingStore store, BillingLeases leases, StripeOptions options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _asked = new(0, 1);

    public IBillingStore Store => store;

    public BillingLeases Leases => leases;

    public StripeOptions Options => options;

    /// <summary>Asks for a run and waits for its end.</summary>
    /// <returns>False = it has not ended within the limit; it goes on.</returns>
    public async Task<bool> RunAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var wanted = await store.WantRunAsync(cancellationToken);
        Wake();
        var begun = clock.GetTimestamp();
        while ((await store.StateAsync(cancellationToken)).Finished < wanted)
        {
            if (clock.GetElapsedTime(begun) >= limit)
                return false;
            await Task.Delay(LookPeriod, clock, cancellationToken);
        }

        return true;
    }

    /// <summary>There may be something to do.</summary>
    public void Wake()
    {
        if (_asked.CurrentCount > 0)
            return;
        try
        {
            _asked.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody was faster.
        }
    }

    /// <summary>Completes when there may be something to do, with true, or after a while.</summary>
    public Task<bool> WaitAsync(TimeSpan most, CancellationToken cancellationToken) => _asked.WaitAsync(most, cancellationToken);

    public void Dispose() => _asked.Dispose();
}
