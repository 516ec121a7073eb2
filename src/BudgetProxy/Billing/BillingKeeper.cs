using BudgetProxy.Reservations;

namespace BudgetProxy.Billing;

/// <summary>
/// Exports by itself, at one proxy at a time: a run every interval and whenever one is asked for, and between them what is due to be tried again. Nothing here lies
/// on a call's path.
/// </summary>
public sealed partial class BillingKeeper(BillingDesk desk, BillingRuns runs, BillingWatch watch, TimeProvider clock, ILogger<BillingKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Tenants are linked, and buckets let go, at any proxy: so often it is looked for.</summary>
    private static readonly TimeSpan LookPeriod = TimeSpan.FromSeconds(20);

    private long? _token;
    private DateTimeOffset _nextPass = DateTimeOffset.MinValue;
    private bool _away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var keeping = desk.Leases.KeepAsync(stoppingToken);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await TryAsync(stoppingToken);
                if (await desk.WaitAsync(Period, stoppingToken))
                    _nextPass = DateTimeOffset.MinValue;
            }
        }
        catch (OperationCanceledException)
        {
            // What was not sent is sent by the next start, or by another proxy.
        }

        await keeping;
        await desk.Leases.ReleaseAsync();
    }

    private async Task TryAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (desk.Leases.Current is { } lease)
                await LookAsync(lease, cancellationToken);
            _away = false;
        }
        catch (LeaseLostException)
        {
            desk.Leases.Forget();
        }
        catch (StoreUnavailableException away)
        {
            if (!_away)
                Log.StoreAway(logger, away);
            _away = true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception unforeseen)
        {
            // What one tenant's rows do must not end the billing of all others for good.
            Log.Unforeseen(logger, unforeseen);
        }
    }

    private async Task LookAsync(BillingLease lease, CancellationToken cancellationToken)
    {
        if (_token != lease.Token)
        {
            await desk.Store.StartAsync(desk.Options.From, clock.GetUtcNow(), cancellationToken);
            (_token, _nextPass) = (lease.Token, DateTimeOffset.MinValue);
        }

        var state = await desk.Store.StateAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var isAsked = state.Wanted > state.Finished;
        // One in the future was noted by a clock that was ahead.
        if (isAsked || state.LastRunAt is not { } last || now - last >= desk.Options.Interval || last > now)
            Wait(await runs.RunAsync(lease, isAsked, cancellationToken));
        else if (now >= _nextPass)
            Wait(await runs.SendAsync(lease, retryParked: false, cancellationToken));
        await watch.LookAsync(cancellationToken);
    }

    private void Wait(DateTimeOffset? next)
    {
        var look = clock.GetUtcNow() + LookPeriod;
        _nextPass = next < look ? next.Value : look;
    }

    private static partial class Log
    {
        [LoggerMessage(8302, LogLevel.Warning, "Usage can't be billed while the store is away; it is tried again every second.")]
        public static partial void StoreAway(ILogger logger, Exception exception);

        [LoggerMessage(8303, LogLevel.Error, "The export met what it did not foresee; it goes on.")]
        public static partial void Unforeseen(ILogger logger, Exception exception);
    }
}
