using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>The way to Stripe as the exporter goes it: at its pace, and only while it makes sense.</summary>
public sealed class StripeLink(StripeClient client, StripeOptions options, TimeProvider clock)
{
    private static readonly TimeSpan MetersLife = TimeSpan.FromHours(1);

    /// <summary>So long one that is not among them is not looked for again: each customer's sums ask for it.</summary>
    private static readonly TimeSpan MissingLife = TimeSpan.FromMinutes(1);

    private readonly AccountBreaker _breaker = new(clock);
    private readonly RequestPacer _pacer = new(Math.Max(1, options.RequestsPerSecond), clock);
    private IReadOnlyList<StripeMeter>? _meters;
    private DateTimeOffset _metersAt;

    /// <summary>How long a bucket may still be stamped with its hour.</summary>
    public TimeSpan Grace => options.Grace;

    /// <summary>Why nothing is sent until a person has done something; null = nothing of the kind.</summary>
    public string? Stopped => _breaker.Stopped;

    /// <summary>What the last failure was; null = it works.</summary>
    public string? Trouble => _breaker.Trouble;

    internal bool Works => _breaker.Works;

    internal DateTimeOffset NextAt => _breaker.NextAt;

    /// <summary>An operator asks: what waits for Stripe is tried now. Whether the clock is still off is looked at first, since nothing may be due that would show it.</summary>
    public async Task TryNowAsync(CancellationToken cancellationToken)
    {
        if (_breaker.IsSkewed)
        {
            await _pacer.WaitAsync(cancellationToken);
            _breaker.NoteClock((await client.MetersAsync(cancellationToken)).Reply);
        }

        _breaker.TryNow();
    }

    internal bool MaySend(DateTimeOffset now) => now >= _breaker.NextAt;

    /// <returns>Null = it was not sent, since the proxy stops.</returns>
    internal async Task<StripeReply?> SendAsync(Bucket bucket, CancellationToken cancellationToken)
    {
        try
        {
            await _pacer.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        var reply = await AskAsync(token => client.SendAsync(
            new MeterEvent(bucket.Meter, bucket.Customer!, bucket.Value, bucket.Identifier, bucket.Stamp!.Value), bucket.IdempotencyKey, token), cancellationToken);
        _breaker.Note(reply);
        return reply;
    }

    /// <summary>What Stripe has summed of a customer and meter in a minute; null = it did not say, and the reply tells why.</summary>
    internal async Task<(decimal? Sum, StripeReply Reply)> SumAsync(string meter, string customer, DateTimeOffset minute, CancellationToken cancellationToken)
    {
        var answer = await SummariesAsync(meter, customer, new ReconciliationSpan(minute, minute.AddMinutes(1)), SummaryWindow.None, cancellationToken);
        // A key may send and not read: that must not stop what it may do.
        if (answer.Reply.Outcome is not (StripeOutcome.NoMeter or StripeOutcome.Unauthorised))
            _breaker.Note(answer.Reply);
        return (answer.Value?.Sum(summary => summary.Value), answer.Reply);
    }

    /// <summary>What Stripe has summed of a customer and meter in a span. Whoever only looks stops no export, and lets none go on: a key may send and not read.</summary>
    /// <param name="meter">The meter's event name.</param>
    /// <param name="span">Aligned as <paramref name="window"/> says.</param>
    internal async Task<StripeAnswer<IReadOnlyList<EventSummary>>> SummariesAsync(
        string meter, string customer, ReconciliationSpan span, SummaryWindow window, CancellationToken cancellationToken)
    {
        var (id, reply) = await MeterIdAsync(meter, cancellationToken);
        if (id is null)
            return new StripeAnswer<IReadOnlyList<EventSummary>>(reply, null);
        await _pacer.WaitAsync(cancellationToken);
        return await client.SummariesAsync(id, customer, span.From, span.To, window, cancellationToken);
    }

    private async Task<(string? Id, StripeReply Reply)> MeterIdAsync(string meter, CancellationToken cancellationToken)
    {
        var reply = new StripeReply(StripeOutcome.NoMeter, 0, $"There is no meter with the event name {meter}.", null, null, false, null);
        var age = clock.GetUtcNow() - _metersAt;
        if (_meters is null || age > MetersLife || (age > MissingLife && _meters.All(one => one.EventName != meter)))
        {
            await _pacer.WaitAsync(cancellationToken);
            var answer = await client.MetersAsync(cancellationToken);
            if (answer.Value is null)
                return (null, answer.Reply);
            (_meters, _metersAt) = (answer.Value, clock.GetUtcNow());
        }

        // An event name can have had other meters before, which are switched off.
        var found = _meters.Where(one => one.EventName == meter).OrderByDescending(one => one.IsActive).FirstOrDefault();
        return (found?.Id, reply);
    }

    /// <summary>A request that is broken off because the proxy stops may have arrived.</summary>
    private static async Task<StripeReply> AskAsync(Func<CancellationToken, ValueTask<StripeReply>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new StripeReply(StripeOutcome.Unknown, 0, "The proxy stopped before the answer.", null, null, false, null);
        }
    }
}
