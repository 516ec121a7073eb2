using BudgetProxy.Reservations;

namespace BudgetProxy.Alerts;

/// <summary>
/// Tries the stores every few seconds and tells when one can't be used for longer, and when it can again. An alert that can't be written down, because what
/// it is about is away, is told at once by what was last known of the webhooks, and raised with the same id once it can be: a receiver that goes by the id
/// has it once.
/// </summary>
public sealed partial class OutageWatch(
    IAlertStore store, IReservationStore reservations, AlertSenders senders, OutageTexts texts, ILogger<OutageWatch> logger) : BackgroundService
{
    /// <summary>Without them no call can be reserved.</summary>
    private const string Counters = "counters";

    /// <summary>The directory, the ledger and the alerts.</summary>
    private const string Database = "database";

    /// <summary>Times that one webhook is told directly at the most.</summary>
    private const int MostDirect = 20;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(10);

    /// <summary>Shorter outages are nobody's concern.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    /// <summary>A store that comes and goes is told of no more often; an outage that lasts until then is told of then.</summary>
    private static readonly TimeSpan BetweenOutages = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan DirectPause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Outage> _outages = new(StringComparer.Ordinal);

    /// <summary>From when on the next outage of a store may be told of.</summary>
    private readonly Dictionary<string, DateTimeOffset> _nextTold = new(StringComparer.Ordinal);

    /// <summary>Candidates that could not be written down yet; at most some.</summary>
    private readonly List<AlertCandidate> _waiting = [];

    private IReadOnlyList<Webhook> _webhooks = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, texts.Clock);
        do
        {
            try
            {
                await LookAsync(Counters, async limit => await reservations.PingAsync(limit), stoppingToken);
                await LookAsync(Database, async limit => _webhooks = await store.WebhooksAsync(limit), stoppingToken);
                await RaiseAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unforeseen)
            {
                Log.Unforeseen(logger, unforeseen);
            }
        }
        while (await WaitAsync(timer, stoppingToken));
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task LookAsync(string name, Func<CancellationToken, Task> use, CancellationToken stoppingToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        limit.CancelAfter(TryLimit);
        try
        {
            await use(limit.Token).WaitAsync(limit.Token);
            if (_outages.Remove(name, out var ended) && ended.Told is not null)
                Add(texts.Recovered(name, ended.Since));
        }
        catch (Exception failed) when (failed is StoreUnavailableException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
        {
            var now = texts.Clock.GetUtcNow();
            if (!_outages.TryGetValue(name, out var outage))
                _outages.Add(name, outage = new Outage(now));
            if (outage.Told is null && now - outage.Since >= Patience && now >= _nextTold.GetValueOrDefault(name))
            {
                _nextTold[name] = now + BetweenOutages;
                var error = failed is StoreUnavailableException ? failed.Message : $"no answer within {TryLimit.TotalSeconds:0} s";
                outage.Told = texts.Outage(name, outage.Since, error);
                Add(outage.Told);
            }

            if (outage.Told is { } told && _waiting.Contains(told) && now >= outage.NextDirect)
            {
                // Only when it can't be written down: RaiseAsync is asked first.
                await RaiseAsync(stoppingToken);
                if (_waiting.Contains(told))
                    await TellAsync(outage, told.Alert, stoppingToken);
                outage.NextDirect = now + DirectPause;
            }
        }
    }

    private void Add(AlertCandidate candidate)
    {
        if (_waiting.Count < MostDirect)
            _waiting.Add(candidate);
    }

    private async Task RaiseAsync(CancellationToken cancellationToken)
    {
        if (_waiting.Count == 0)
            return;
        try
        {
            await senders.Raiser.RaiseAsync(_waiting, cancellationToken);
            _waiting.Clear();
        }
        catch (StoreUnavailableException)
        {
            // They stay for the next time.
        }
    }

    private async Task TellAsync(Outage outage, Alert alert, CancellationToken cancellationToken)
    {
        var telling = _webhooks.Where(webhook => webhook.Wants(alert) && outage.Direct.GetValueOrDefault(webhook.Name) < MostDirect).Select(async webhook =>
        {
            var answer = await senders.Webhooks.SendAsync(webhook, alert, cancellationToken);
            senders.Metrics.Attempted(answer.Attempt.Error is null ? "delivered" : "retried");
            return (webhook.Name, Done: answer.Attempt.Error is null || answer.Gone);
        }).ToList();
        foreach (var (name, done) in await Task.WhenAll(telling))
            outage.Direct[name] = done ? MostDirect : outage.Direct.GetValueOrDefault(name) + 1;
        if (texts.HasMail && !outage.Mailed)
            outage.Mailed = (await senders.Mail.SendAsync([alert], cancellationToken)).Error is null;
    }

    private static partial class Log
    {
        [LoggerMessage(8021, LogLevel.Error, "The watch over the stores met what it did not foresee; it goes on.")]
        public static partial void Unforeseen(ILogger logger, Exception exception);
    }

    private sealed class Outage(DateTimeOffset since)
    {
        public DateTimeOffset Since { get; } = since;

        public AlertCandidate? Told { get; set; }

        public DateTimeOffset NextDirect { get; set; }

        /// <summary>Times that each webhook was told directly.</summary>
        public Dictionary<string, int> Direct { get; } = new(StringComparer.Ordinal);

        public bool Mailed { get; set; }
    }
}
