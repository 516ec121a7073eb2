using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>A step with its argument and, in the end, its answer. The caller that leads the batch takes the answer itself; the others wait.</summary>
internal sealed class Step<TArgument, TAnswer>(Func<Books, TArgument, TAnswer> apply, TArgument argument) : Operation
{
    private TaskCompletionSource<TAnswer>? _waiting;
    private TAnswer _answer = default!;
    private Exception? _failure;

    /// <summary>Must be called before the step is queued. The waiter goes on elsewhere: nobody's code runs inside a commit.</summary>
    public Task<TAnswer> Wait()
    {
        _waiting = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        return _waiting.Task;
    }

    public ValueTask<TAnswer> Answer() => _failure is null ? ValueTask.FromResult(_answer) : ValueTask.FromException<TAnswer>(_failure);

    public override void Apply(Books books)
    {
        try
        {
            _answer = apply(books, argument);
            _failure = null;
        }
        catch (Exception rejected) when (rejected is StoreUnavailableException or ArgumentException)
        {
            // The books throw these before they change anything: the batch goes on without this step.
            _failure = rejected;
        }
    }

    public override void Complete()
    {
        if (_failure is null)
            _waiting?.SetResult(_answer);
        else
            _waiting?.SetException(_failure);
    }

    public override void Fail(Exception reason)
    {
        _failure = reason;
        _waiting?.SetException(reason);
    }
}
