using BudgetProxy.Stripe;

namespace BudgetProxy.Billing;

/// <summary>
/// Whether it makes sense to send at all. While Stripe does not answer, refuses the key, or goes by another clock, one bucket at a time is tried, so that the
/// outcome of one is unknown and not of thousands. Safe for concurrent use.
/// </summary>
internal sealed class AccountBreaker(TimeProvider clock)
{
    /// <summary>Failures in a row, with no answer between, after which Stripe counts as away.</summary>
    private const int MostFailures = 5;

    private static readonly TimeSpan StoppedRepeat = TimeSpan.FromMinutes(1);

    /// <summary>Stripe takes events of up to 5 minutes ahead; a clock this far off may put usage into another period.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private int _failures;
    private bool _works;
    private bool _isSkewed;
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private DateTimeOffset _paused = DateTimeOffset.MinValue;

    /// <summary>Why nothing is sent until a person has done something; null = nothing of the kind.</summary>
    public string? Stopped { get; private set; }

    /// <summary>What the last failure was; null = it works.</summary>
    public string? Trouble { get; private set; }

    /// <summary>True = many at once may be sent; false = one, from <see cref="NextAt"/> on.</summary>
    public bool Works
    {
        get
        {
            lock (_gate)
                return _works;
        }
    }

    /// <summary>Not to be tried before.</summary>
    public DateTimeOffset NextAt
    {
        get
        {
            lock (_gate)
                return _works ? _paused : _next > _paused ? _next : _paused;
        }
    }

    /// <summary>True: nothing is sent since this machine's clock is off.</summary>
    public bool IsSkewed
    {
        get
        {
            lock (_gate)
                return _isSkewed;
        }
    }

    /// <summary>Takes an answer for what it tells of the clock alone: once that is right, it is no reason any more.</summary>
    public void NoteClock(StripeReply reply)
    {
        lock (_gate)
        {
            if (_isSkewed && reply.Date is { } date && (date - clock.GetUtcNow()).Duration() <= MostSkew)
                (_isSkewed, Stopped, Trouble, _next) = (false, null, null, DateTimeOffset.MinValue);
        }
    }

    /// <summary>An operator asks: what is stopped is tried now.</summary>
    public void TryNow()
    {
        lock (_gate)
            _next = DateTimeOffset.MinValue;
    }

    public void Note(StripeReply reply)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            if (reply.Date is { } date && (date - now).Duration() > MostSkew)
                Stop($"This machine's clock is {Math.Abs((long)(date - now).TotalSeconds)} s {(date > now ? "behind" : "ahead of")} Stripe's: set it right.", now, isSkewed: true);
            else if (reply.Outcome == StripeOutcome.Unauthorised)
                Stop($"Stripe refuses the API key ({reply.Status}): {reply.Message} Mend the key's permissions at Stripe, or set BudgetProxy__Stripe__ApiKey and restart.", now);
            else if (reply.Outcome == StripeOutcome.Unknown || (reply.Outcome == StripeOutcome.Busy && reply.Status == 0))
                Fail(reply, now);
            else
                (_failures, _works, _isSkewed, Stopped, Trouble) = (0, true, false, null, null);
            // A limiter of the account, and not the lock of one customer.
            if (reply is { Outcome: StripeOutcome.Busy, Status: 429 } && reply.Code != "lock_timeout")
                _paused = now + Backoff.After(1, reply.RetryAfter);
        }
    }

    private void Fail(StripeReply reply, DateTimeOffset now)
    {
        _failures++;
        Trouble = reply.Status > 0 ? $"Stripe answers {reply.Status}: {reply.Message}" : $"Stripe does not answer: {reply.Message}";
        if (_works && _failures < MostFailures)
            return;
        _works = false;
        _next = now + Backoff.After(Math.Max(1, _failures - MostFailures + 1));
    }

    private void Stop(string reason, DateTimeOffset now, bool isSkewed = false) =>
        (_works, _isSkewed, Stopped, Trouble, _next) = (false, isSkewed, reason, reason, now + StoppedRepeat);
}
