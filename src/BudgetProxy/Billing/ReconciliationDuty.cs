using System.Globalization;
using BudgetProxy.Alerts;
using BudgetProxy.Reservations;

namespace BudgetProxy.Billing;

/// <summary>
/// Once a day, at the proxy that exports: compares the days that have ended with Stripe, marks what agrees as verified, and rings where something does not. It looks
/// three days back, which costs no more reads than one, so that what was put right meanwhile is seen to be.
/// </summary>
public sealed partial class ReconciliationDuty(
    BillingDesk desk, Reconciliation reconciliation, AlertParties alerts, TimeProvider clock, ILogger<ReconciliationDuty> logger) : BackgroundService
{
    private const int Days = 3;

    /// <summary>Tenants of a page: what is held in memory at once.</summary>
    private const int PageSize = 200;

    /// <summary>Buckets that an alert names at most.</summary>
    private const int MostNamed = 10;

    /// <summary>How often a customer with which Stripe fails is tried again on a day, <see cref="Period"/> apart.</summary>
    private const int MostTries = 12;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    /// <summary>After a day's end: what is stamped with it may be sent so long after by default, and Stripe adds up late.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromMinutes(90);

    private string? _day;
    private string? _after;
    private bool _isThrough;
    private int _tries;
    private List<string> _missed = [];

    /// <summary>Compares what is due, where it was not yet. What was compared before it broke off is not read again, but where the proxy was started anew.</summary>
    /// <returns>True = it was compared, or is done for today; false = Stripe or the stores are away, and it is tried again.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = new DateTimeOffset((now - Lag).UtcDateTime.Date, TimeSpan.Zero);
        var done = today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (await reconciliation.Books.DoneAsync(cancellationToken) == done)
            return true;
        if (_day != done)
            (_day, _after, _isThrough, _tries, _missed) = (done, null, false, 0, []);
        var span = new ReconciliationSpan(today.AddDays(-Days), today);
        if (!await PagesAsync(span, now, cancellationToken) || !await MissedAsync(span, now, cancellationToken))
            return false;
        await reconciliation.Books.MarkDoneAsync(done, cancellationToken);
        return true;
    }

    /// <returns>False = Stripe is away.</returns>
    private async Task<bool> PagesAsync(ReconciliationSpan span, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (!_isThrough)
        {
            var (rows, next, failed) = await reconciliation.CompareAsync(null, span, _after, PageSize, cancellationToken);
            await TakeNoteAsync(rows, now, cancellationToken);
            if (failed is not null)
            {
                Log.Failed(logger, failed.Message ?? failed.Outcome.ToString());
                return false;
            }

            _missed.AddRange(rows.Where(row => row.IsMissed).Select(row => row.Tenants[0]).Distinct(StringComparer.Ordinal));
            (_after, _isThrough) = (next, next is null);
        }

        return true;
    }

    /// <summary>Tries again those with which Stripe failed while it answered for others.</summary>
    /// <returns>False = some are still missing, and are tried again.</returns>
    private async Task<bool> MissedAsync(ReconciliationSpan span, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var missed = new List<string>();
        foreach (var tenant in _missed)
        {
            var (rows, _, failed) = await reconciliation.CompareAsync(tenant, span, null, PageSize, cancellationToken);
            await TakeNoteAsync(rows, now, cancellationToken);
            if (failed is not null || rows.Any(row => row.IsMissed))
                missed.Add(tenant);
        }

        _missed = missed;
        if (missed.Count == 0)
            return true;
        Log.Missed(logger, missed.Count, string.Join(", ", missed.Take(MostNamed)), ++_tries, MostTries);
        return _tries >= MostTries;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (desk.Leases.Current is null)
                continue;
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (StoreUnavailableException)
            {
                // Others say loudly that the store is away; it is tried again.
            }
            catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
            {
                // What looks at the books must not end the process that keeps them.
                Log.Unforeseen(logger, unforeseen);
            }
        }
    }

    private async Task TakeNoteAsync(IReadOnlyList<Reconciled> rows, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = new List<AlertCandidate>();
        foreach (var row in rows)
        {
            foreach (var day in row.Days.Where(day => day.Drift is { } drift && drift != 0))
            {
                Log.Drifted(logger, row.Customer, row.Meter, day.Day, day.Drift!.Value);
                var mark = AlertMark.Of(
                    AlertKinds.BillingDrift, now.AddDays(ReconciliationSpan.MostDays), row.Customer, row.Meter, day.Day.ToString("O", CultureInfo.InvariantCulture),
                    ReconciledDayDocument.Plain(day.Drift.Value).ToString(CultureInfo.InvariantCulture));
                found.Add(new AlertCandidate(alerts.Bodies.BillingDrift(
                    row.Tenants.Count == 1 ? row.Tenants[0] : null, (row.Customer, row.Meter), day.Day, ReconciledDayDocument.Plain(day.Drift.Value), Explaining(day)), mark));
            }
        }

        if (found.Count > 0)
            await alerts.Raiser.RaiseAsync(found, cancellationToken);
        await VerifyAsync(rows, cancellationToken);
    }

    private static List<string> Explaining(ReconciledDay day) =>
        [.. day.Hours.SelectMany(hour => hour.Buckets.Where(hour.Explains)).Select(bucket => bucket.Identifier).Take(MostNamed)];

    /// <summary>Buckets that were sent for a customer are verified where the customer's day agrees; what else their tenants sent for others does not matter.</summary>
    private async Task VerifyAsync(IReadOnlyList<Reconciled> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows.Where(row => row.Problem is null))
        {
            foreach (var day in row.Days.Where(day => day.Drift == 0 && (day.Sent != 0 || day.Waiting != 0)))
            {
                foreach (var tenant in row.Tenants)
                    await desk.Store.VerifyAsync((tenant, row.Meter), row.Customer, new ReconciliationSpan(day.Day, day.Day.AddDays(1)), cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(6210, LogLevel.Warning, "Stripe's sums can't be read, so what was sent is not compared with them yet; tried again every 5 minutes: {Message}")]
        public static partial void Failed(ILogger logger, string message);

        [LoggerMessage(6213, LogLevel.Warning, "Stripe gives no sums of {Count} tenants' customers ({Named}), and of others it does; try {Try} of {Most} today, 5 minutes apart.")]
        public static partial void Missed(ILogger logger, int count, string named, int @try, int most);

        [LoggerMessage(6212, LogLevel.Error, "What was sent could not be compared with Stripe's sums; tried again every 5 minutes.")]
        public static partial void Unforeseen(ILogger logger, Exception exception);

        [LoggerMessage(6211, LogLevel.Error, "Stripe has {Drift} more of customer {Customer} on meter {Meter} on {Day} than was sent. GET /admin/v1/exports/stripe/reconciliation names the buckets.")]
        public static partial void Drifted(ILogger logger, string customer, string meter, DateTimeOffset day, decimal drift);
    }
}
