using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Billing;

/// <summary>Takes the lease of the export and keeps it, beside whatever the export does.</summary>
public sealed class BillingLeases(IBillingStore store, ProxyOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    /// <summary>An embedded proxy is alone, so that it need not wait for the lease of the one that it was before.</summary>
    private readonly Guid _owner = options.IsDistributed ? Guid.CreateVersion7(clock.GetUtcNow()) : Guid.Empty;

    private volatile object? _current;

    /// <summary>The lease; null = another proxy has it.</summary>
    public BillingLease? Current => (BillingLease?)_current;

    /// <summary>Tries until told to stop; then gives it back, so that another need not wait.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            do
            {
                await TakeAsync(cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = clock.GetUtcNow();
            _current = await store.TakeLeaseAsync(_owner, now, now + Life, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // Whether it is still held is found out with the next write, which says so.
        }
    }

    /// <summary>Another has it.</summary>
    public void Forget() => _current = null;

    public async Task ReleaseAsync()
    {
        if (Current is not { } lease)
            return;
        _current = null;
        try
        {
            await store.ReleaseLeaseAsync(lease, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // Another waits until it has run out.
        }
    }
}
