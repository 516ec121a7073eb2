using System.Collections.Concurrent;
using BudgetProxy.Hosting;
using BudgetProxy.Reservations;

namespace BudgetProxy.Alerts;

/// <summary>
/// Makes deliveries: takes what is due under a lease, tries, and writes down what came of it. What a dead proxy had taken is due again when its lease ends,
/// so each is made at least once. A receiver has a few attempts on their way at a time, so one that is slow keeps no other waiting.
/// </summary>
public sealed partial class AlertDispatcher(
    IAlertStore store, AlertSenders senders, ProxyOptions options, TimeProvider clock, ILogger<AlertDispatcher> logger) : BackgroundService
{
    /// <summary>Attempts of one proxy that are on their way to one webhook at once.</summary>
    public const int MostAtOnce = 4;

    /// <summary>Alerts that one mail may hold.</summary>
    private const int MostInMail = 100;

    /// <summary>Longer than an attempt can take.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MailPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan StopLook = TimeSpan.FromMilliseconds(20);

    private readonly Guid _owner = Guid.CreateVersion7(clock.GetUtcNow());
    private readonly ConcurrentDictionary<string, int> _onTheirWay = new(StringComparer.Ordinal);
    private DateTimeOffset _nextMail = DateTimeOffset.MinValue;
    private bool _away;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await senders.Raiser.WhenRaisedAsync(Look, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await RoundAsync(stoppingToken);
                _away = false;
            }
            catch (StoreUnavailableException away)
            {
                if (!_away)
                    Log.StoreAway(logger, away);
                _away = true;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception unforeseen)
            {
                Log.Unforeseen(logger, unforeseen);
            }
        }

        for (var waited = TimeSpan.Zero; waited < StopLimit && _onTheirWay.Values.Any(count => count > 0); waited += StopLook)
            await Task.Delay(StopLook, clock, CancellationToken.None);
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Webhook>? webhooks = null;
        foreach (var target in await store.DueAsync(clock.GetUtcNow(), cancellationToken))
        {
            if (target == Delivery.MailTarget)
            {
                await BeginMailAsync(cancellationToken);
                continue;
            }

            var free = MostAtOnce - _onTheirWay.GetValueOrDefault(target);
            if (free <= 0)
                continue;
            var now = clock.GetUtcNow();
            var claimed = await store.ClaimAsync(target, free, _owner, now, now + Lease, cancellationToken);
            webhooks ??= await store.WebhooksAsync(cancellationToken);
            var webhook = webhooks.FirstOrDefault(one => one.Name == target);
            foreach (var delivery in claimed)
                Begin(target, () => PostAsync(webhook, delivery, cancellationToken));
        }
    }

    private async Task BeginMailAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (options.Alerts.Smtp is null || now < _nextMail || _onTheirWay.GetValueOrDefault(Delivery.MailTarget) > 0)
            return;
        var claimed = await store.ClaimAsync(Delivery.MailTarget, MostInMail, _owner, now, now + Lease, cancellationToken);
        if (claimed.Count == 0)
            return;
        _nextMail = now + MailPause;
        Begin(Delivery.MailTarget, () => MailAsync(claimed, cancellationToken));
    }

    private void Begin(string target, Func<Task> work)
    {
        _onTheirWay.AddOrUpdate(target, 1, static (_, count) => count + 1);
        _ = Task.Run(async () =>
        {
            try
            {
                await work();
            }
            catch (Exception failed) when (failed is StoreUnavailableException or OperationCanceledException)
            {
                // Its lease ends by itself, and it is made again: at least once is what is promised.
            }
            catch (Exception unforeseen)
            {
                Log.Unforeseen(logger, unforeseen);
            }
            finally
            {
                _onTheirWay.AddOrUpdate(target, 0, static (_, count) => count - 1);
                // The next may be due at once.
                senders.Raiser.Wake();
            }
        });
    }

    private async Task PostAsync(Webhook? webhook, Delivery delivery, CancellationToken cancellationToken)
    {
        if (webhook is null)
        {
            await store.EndAttemptAsync(delivery with { State = DeliveryState.Dropped, EndedAt = clock.GetUtcNow() }, _owner, cancellationToken);
            return;
        }

        var answer = await senders.Webhooks.SendAsync(webhook, delivery.Alert, cancellationToken);
        if (answer.Gone)
        {
            await store.DisableAsync(webhook.Name, webhook.Url, "The receiver answered 410 Gone.", cancellationToken);
            Log.Gone(logger, webhook.Name);
        }

        await EndAsync(delivery, answer.Attempt, answer.Gone, answer.RetryAfter);
    }

    private async Task MailAsync(IReadOnlyList<Delivery> deliveries, CancellationToken cancellationToken)
    {
        var attempt = await senders.Mail.SendAsync([.. deliveries.Select(delivery => delivery.Alert)], cancellationToken);
        foreach (var delivery in deliveries)
            await EndAsync(delivery, attempt, isFinal: false, retryAfter: null);
    }

    /// <summary>What was told is written down even while the proxy stops, so that it is not told again.</summary>
    private async Task EndAsync(Delivery delivery, DeliveryAttempt attempt, bool isFinal, TimeSpan? retryAfter)
    {
        List<DeliveryAttempt> attempts = [.. delivery.Attempts, attempt];
        var now = clock.GetUtcNow();
        var wait = attempt.Error is null || isFinal ? null : RetrySchedule.Wait(attempts.Count, retryAfter, Random.Shared.NextDouble());
        var ended = attempt.Error is null
            ? delivery with { State = DeliveryState.Delivered, EndedAt = now, Attempts = attempts }
            : wait is { } pause
                ? delivery with { NextAt = now + pause, Attempts = attempts }
                : delivery with { State = DeliveryState.Failed, EndedAt = now, Attempts = attempts };
        senders.Metrics.Attempted(attempt.Error is null ? "delivered" : wait is null ? "failed" : "retried");
        if (ended.State == DeliveryState.Failed)
            Log.GivenUp(logger, delivery.Alert.PublicId, delivery.Target, attempt.Error ?? "");
        await store.EndAttemptAsync(ended, _owner, CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(8001, LogLevel.Warning, "Alerts can't be told while the store is away; it is tried again every second.")]
        public static partial void StoreAway(ILogger logger, Exception exception);

        [LoggerMessage(8002, LogLevel.Error, "Alerts could not be told; it is tried again.")]
        public static partial void Unforeseen(ILogger logger, Exception exception);

        [LoggerMessage(8003, LogLevel.Warning, "The webhook {Name} answered 410 Gone and is turned off; PUT it again to turn it on.")]
        public static partial void Gone(ILogger logger, string name);

        [LoggerMessage(8004, LogLevel.Error, "The alert {Alert} could not be told to {Target} and is given up: {Error} POST /admin/v1/alerts/deliveries/{{id}}/retry tries again.")]
        public static partial void GivenUp(ILogger logger, string alert, string target, string error);
    }
}
