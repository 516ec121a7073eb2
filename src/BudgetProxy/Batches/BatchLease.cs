using BudgetProxy.Reservations;

namespace BudgetProxy.Batches;

/// <summary>One proxy's claim on a batch while it works on it, kept for as long as that takes. Two proxies at one batch would only do the same work twice.</summary>
public sealed class BatchLease(IBatchStore store, Guid batch, Guid owner, TimeProvider clock, TimeSpan length)
{
    private DateTimeOffset _renewed = clock.GetUtcNow();

    /// <summary>Keeps the claim where a third of its time is over; cheap enough to ask between any two steps.</summary>
    /// <exception cref="StoreUnavailableException">It can't be kept, or another proxy has the batch by now.</exception>
    public async ValueTask KeepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now - _renewed < length / 3)
            return;
        if (!await store.RenewAsync(batch, owner, now + length, cancellationToken))
            throw new StoreUnavailableException("Another proxy is at this batch.");
        _renewed = now;
    }

    /// <summary>Gives the batch back.</summary>
    public ValueTask ReleaseAsync(DateTimeOffset nextLook, int failures, CancellationToken cancellationToken) =>
        store.ReleaseAsync(batch, owner, nextLook, failures, cancellationToken);
}
