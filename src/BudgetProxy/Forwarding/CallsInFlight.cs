namespace BudgetProxy.Forwarding;

/// <summary>
/// Counts the calls that are on their way, each until its last step, the settling, is done; and ends them all together when the process must
/// go. Safe for any number of callers.
/// </summary>
public sealed class CallsInFlight(TimeProvider clock) : IDisposable
{
    private readonly CancellationTokenSource _cut = new(Timeout.InfiniteTimeSpan, clock);
    private TaskCompletionSource? _none;
    private int _count;
    private volatile bool _closing;

    /// <summary>Calls that have begun and not ended.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>True once the process has been told to stop: calls are served, and their connections close after them.</summary>
    public bool Closing => _closing;

    /// <summary>Cancelled when calls in flight must end now.</summary>
    public CancellationToken Cut => _cut.Token;

    public void Enter() => Interlocked.Increment(ref _count);

    public void Leave()
    {
        // A full fence, as in WhenNoneAsync: one of the two sees what the other wrote.
        if (Interlocked.Decrement(ref _count) == 0)
            Volatile.Read(ref _none)?.TrySetResult();
    }

    public void Close() => _closing = true;

    /// <summary>Cuts all calls after this time; zero = at once. An earlier cut stands.</summary>
    public void CutAfter(TimeSpan limit)
    {
        if (limit > TimeSpan.Zero)
            _cut.CancelAfter(limit);
        else
            _cut.Cancel();
    }

    /// <summary>Completes when no call is in flight.</summary>
    public Task WhenNoneAsync()
    {
        var none = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _none, none);
        if (Count == 0)
            none.TrySetResult();
        return none.Task;
    }

    public void Dispose() => _cut.Dispose();
}
