namespace BudgetProxy.Billing;

/// <summary>Lets so many requests a second through, evenly (a token bucket that holds a fifth of a second). Safe for concurrent use.</summary>
internal sealed class RequestPacer(int perSecond, TimeProvider clock)
{
    private readonly TimeSpan _each = TimeSpan.FromTicks(TimeSpan.TicksPerSecond / perSecond);
    private readonly TimeSpan _saved = TimeSpan.FromMilliseconds(200);
    private readonly long _start = clock.GetTimestamp();
    private readonly Lock _gate = new();
    private TimeSpan _next;

    /// <summary>Completes when the next request may go.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = clock.GetElapsedTime(_start);
            if (_next < now - _saved)
                _next = now - _saved;
            wait = _next - now;
            _next += _each;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, clock, cancellationToken) : Task.CompletedTask;
    }
}
