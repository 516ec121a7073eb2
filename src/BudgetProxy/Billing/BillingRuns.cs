using System.Runtime.ExceptionServices;
using BudgetProxy.Reservations;

namespace BudgetProxy.Billing;

/// <summary>A run: all that has changed is cut, and what is due is sent.</summary>
public sealed class BillingRuns(IBillingStore store, BucketCutter cutter, BucketSender sender, StripeLink link, TimeProvider clock)
{
    /// <summary>How long a run that somebody waits for goes on trying.</summary>
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(50);

    /// <summary>What is due only later than this is not waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How long one step of sending goes on while there is more to send.</summary>
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(50);

    /// <param name="isAsked">True: somebody waits for it. What is parked is tried again too, and what failed as long as that may help.</param>
    /// <returns>When something is due that was left; null = nothing waits for a time.</returns>
    /// <exception cref="StoreUnavailableException">The store can't be used; what was done is done.</exception>
    /// <exception cref="LeaseLostException">Another proxy exports now.</exception>
    public async Task<DateTimeOffset?> RunAsync(BillingLease lease, bool isAsked, CancellationToken cancellationToken)
    {
        var state = await store.StateAsync(cancellationToken);
        var uncut = await TryCutAsync(lease, state, cancellationToken);
        if (isAsked)
            await link.TryNowAsync(cancellationToken);
        var begun = clock.GetTimestamp();
        var next = await SendAsync(lease, retryParked: isAsked, cancellationToken);
        while (isAsked && next is { } due && link.Stopped is null && due - clock.GetUtcNow() < Patience && clock.GetElapsedTime(begun) < RunLimit)
        {
            var wait = due - clock.GetUtcNow();
            await Task.Delay(wait > LeastPause ? wait : LeastPause, clock, cancellationToken);
            next = await SendAsync(lease, retryParked: false, cancellationToken);
        }

        uncut?.Throw();
        await store.EndRunAsync(state.Wanted, clock.GetUtcNow(), link.Trouble, lease, cancellationToken);
        return next;
    }

    /// <summary>Cuts. What was cut before is sent also where this fails.</summary>
    /// <returns>What failed; null = nothing.</returns>
    private async Task<ExceptionDispatchInfo?> TryCutAsync(BillingLease lease, BillingState state, CancellationToken cancellationToken)
    {
        try
        {
            await cutter.CatchUpAsync(cancellationToken);
            var now = clock.GetUtcNow();
            await cutter.CutAsync(lease, state.StartsAt ?? BillingTimes.HourOf(now), now, cancellationToken);
            return null;
        }
        catch (StoreUnavailableException failed)
        {
            return ExceptionDispatchInfo.Capture(failed);
        }
    }

    /// <summary>Sends what is due, until nothing more is; of a long backlog a part, so that what is used meanwhile is cut in time.</summary>
    /// <param name="retryParked">True: what is parked is tried too, once.</param>
    /// <returns>When something is due that was left; null = nothing waits for a time.</returns>
    public async Task<DateTimeOffset?> SendAsync(BillingLease lease, bool retryParked, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pass = await sender.PassAsync(lease, retryParked, cancellationToken);
            await NoteStoppedAsync(lease, cancellationToken);
            if (pass.Ended == 0)
                return pass.NextAt;
            if (clock.GetElapsedTime(begun) >= SendLimit)
                return clock.GetUtcNow();
            retryParked = false;
        }
    }

    private async Task NoteStoppedAsync(BillingLease lease, CancellationToken cancellationToken)
    {
        if ((await store.StateAsync(cancellationToken)).Stopped?.Text is var told && told != BucketSql.Short(link.Stopped))
            await store.StopAsync(link.Stopped, clock.GetUtcNow(), lease, cancellationToken);
    }
}
