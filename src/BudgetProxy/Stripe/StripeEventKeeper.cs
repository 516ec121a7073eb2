using BudgetProxy.Reservations;

namespace BudgetProxy.Stripe;

/// <summary>
/// Works off the events that came by webhook: asks Stripe what each is about, and keeps it. Several proxies share the work by leases; what a killed one had taken is
/// taken again when its lease ends, and written once.
/// </summary>
public sealed partial class StripeEventKeeper(StripeClient client, IStripeEventStore store, StripeMetrics metrics, TimeProvider clock, ILogger<StripeEventKeeper> logger)
    : BackgroundService
{
    private const int MostAtOnce = 4;

    /// <summary>A report that Stripe refuses to give, or gives in a form that is not known, is asked for so often.</summary>
    private const int MostRefusals = 6;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(10);

    /// <summary>Longer than a round of <see cref="MostAtOnce"/> takes, with an answer that never comes for each.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    /// <summary>Stripe keeps events for 30 days.</summary>
    private static readonly TimeSpan Life = TimeSpan.FromDays(29);

    /// <summary>What was thrown away is kept as long as a year's books are open.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private static readonly TimeSpan ForgetPeriod = TimeSpan.FromHours(1);

    private readonly Guid _owner = Guid.CreateVersion7(clock.GetUtcNow());
    private readonly SemaphoreSlim _wake = new(0, 1);
    private DateTimeOffset _nextForget;
    private bool _away;

    internal TimeProvider Clock => clock;

    /// <summary>Has it look at once.</summary>
    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // It looks already.
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await RoundAsync(stoppingToken))
                {
                }

                _away = false;
                await _wake.WaitAsync(Look, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreUnavailableException away)
            {
                if (!_away)
                    Log.StoreAway(logger, away);
                _away = true;
                await Task.Delay(Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception unforeseen)
            {
                Log.Unforeseen(logger, unforeseen);
                await Task.Delay(Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Works off what is due.</summary>
    /// <returns>True = there may be more.</returns>
    internal async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (now >= _nextForget)
        {
            while (await store.ForgetAsync(now - Kept, cancellationToken))
            {
            }

            _nextForget = now + ForgetPeriod;
        }

        var claimed = await store.ClaimAsync(MostAtOnce, _owner, now, now + Lease, cancellationToken);
        foreach (var notice in claimed)
            await WorkAsync(notice, cancellationToken);
        return claimed.Count == MostAtOnce;
    }

    private async Task WorkAsync(StripeNotice notice, CancellationToken cancellationToken)
    {
        var (reply, report) = await client.ErrorReportAsync(notice.EventId, cancellationToken);
        var now = clock.GetUtcNow();
        var tried = notice with { Attempts = notice.Attempts + 1, Error = reply.Message };
        if (report is not null)
        {
            await EndAsync(tried with { State = NoticeState.Done }, StripeErrorReports.RejectsOf(notice, report, now), cancellationToken);
            return;
        }

        // An answer that can't be read will be no other tomorrow.
        var isRefused = reply.Outcome is not (StripeOutcome.Busy or StripeOutcome.Unknown or StripeOutcome.Unauthorised) || reply is { Outcome: StripeOutcome.Unknown, Status: > 0 and < 500 };
        if ((isRefused && tried.Attempts >= MostRefusals) || now - notice.ReceivedAt >= Life)
        {
            var why = $"Stripe told of errors by {notice.EventId}, and does not say which: {reply.Message}";
            await EndAsync(tried with { State = NoticeState.Failed }, [StripeErrorReports.Unreadable(notice, why, now)], cancellationToken);
            Log.GivenUp(logger, notice.EventId, reply.Message ?? "");
            return;
        }

        var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(tried.Attempts - 1, 10)));
        await store.EndAsync(tried with { NextAt = now + pause }, [], _owner, cancellationToken);
        Log.Later(logger, notice.EventId, reply.Message ?? "", pause);
    }

    private async Task EndAsync(StripeNotice notice, IReadOnlyList<StripeReject> rejects, CancellationToken cancellationToken)
    {
        if (!await store.EndAsync(notice, rejects, _owner, cancellationToken))
            return;
        foreach (var reject in rejects)
        {
            metrics.Rejected(reject.Code, reject.Count ?? 1);
            Log.Rejected(logger, reject.Count ?? 1, reject.Identifier ?? "(not named)", reject.Code, reject.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(9211, LogLevel.Error, "Stripe took {Count} meter event(s) and threw them away: {Identifier}, {Code}: {Message} GET /admin/v1/exports/stripe/rejects lists them.")]
        public static partial void Rejected(ILogger logger, long count, string identifier, string code, string message);

        [LoggerMessage(9212, LogLevel.Warning, "What Stripe's event {Event} is about can't be read yet: {Message} It is tried again in {Pause}.")]
        public static partial void Later(ILogger logger, string @event, string message, TimeSpan pause);

        [LoggerMessage(9213, LogLevel.Error, "What Stripe's event {Event} is about can't be read, and is given up: {Message} Look it up at Stripe, and compare the sums of its meter.")]
        public static partial void GivenUp(ILogger logger, string @event, string message);

        [LoggerMessage(9214, LogLevel.Warning, "Events of Stripe can't be worked off while the store is away; it is tried again.")]
        public static partial void StoreAway(ILogger logger, Exception exception);

        [LoggerMessage(9215, LogLevel.Error, "Events of Stripe could not be worked off; it is tried again.")]
        public static partial void Unforeseen(ILogger logger, Exception exception);
    }
}
