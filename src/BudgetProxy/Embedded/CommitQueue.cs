using BudgetProxy.Reservations;

namespace BudgetProxy.Embedded;

/// <summary>
/// Group commit without a writer thread. A caller that finds no commit running and no other work waiting for a thread leads: it runs its own
/// step inline, so that a lone caller pays no thread switch. All other steps wait for a thread-pool work item, which stands in the pool's
/// queue behind the work that was there: what that asks for joins the batch, so that batches grow with the load.
/// </summary>
internal sealed class CommitQueue(Books books, WalSync sync, WalCheckpointer checkpointer) : IThreadPoolWorkItem
{
    private const int LargestBatch = 256;

    /// <summary>Where this many steps fail one after the other, it is not the steps. Each failure has all open reservations read again.</summary>
    private const int MostAttempts = 4;
    private readonly Lock _gate = new();
    private readonly List<Operation> _batch = [];
    private readonly Queue<Operation> _waiting = new();
    private bool _leading;
    private long _steps;
    private bool _closed;

    /// <summary>Steps committed or answered since the start; with <see cref="Books.Commits"/> it gives the mean batch.</summary>
    public long Steps => Volatile.Read(ref _steps);

    public ValueTask<TAnswer> RunAsync<TArgument, TAnswer>(Func<Books, TArgument, TAnswer> apply, TArgument argument)
    {
        var step = new Step<TArgument, TAnswer>(apply, argument);
        lock (_gate)
        {
            if (_closed)
                return ValueTask.FromException<TAnswer>(new StoreUnavailableException("The store is closed."));
            if (_leading || ThreadPool.PendingWorkItemCount > 0)
            {
                var waiting = step.Wait();
                _waiting.Enqueue(step);
                if (!_leading)
                    QueueBatch();
                _leading = true;
                return new ValueTask<TAnswer>(waiting);
            }

            _leading = true;
        }

        _batch.Add(step);
        CommitBatch();
        HandOver();
        return step.Answer();
    }

    /// <summary>Commits what waits.</summary>
    public void Execute()
    {
        lock (_gate)
        {
            while (_batch.Count < LargestBatch && _waiting.TryDequeue(out var step))
                _batch.Add(step);
        }

        CommitBatch();
        HandOver();
    }

    /// <summary>Refuses new steps and returns once no commit runs.</summary>
    public void Close()
    {
        var spin = new SpinWait();
        while (true)
        {
            lock (_gate)
            {
                _closed = true;
                if (!_leading)
                    return;
            }

            spin.SpinOnce();
        }
    }

    private void HandOver()
    {
        lock (_gate)
        {
            _leading = _waiting.Count > 0;
            if (_leading)
                QueueBatch();
        }
    }

    private void QueueBatch() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    private void CommitBatch()
    {
        var steps = _batch.Count;
        for (var attempt = 1; !Try(out var failure, out var culprit); attempt++)
        {
            if (culprit is null || attempt == MostAttempts)
            {
                FailAll(failure);
                break;
            }

            // One step's fault must not fail those beside it.
            _batch.Remove(culprit);
            culprit.Fail(failure);
        }

        foreach (var step in _batch)
            step.Complete();
        _batch.Clear();
        Volatile.Write(ref _steps, _steps + steps);
    }

    private void FailAll(StoreUnavailableException failure)
    {
        foreach (var step in _batch)
            step.Fail(failure);
        _batch.Clear();
    }

    /// <param name="culprit">The step whose own fault it is; null = the store's, so that any other step would fail alike.</param>
    private bool Try(out StoreUnavailableException failure, out Operation? culprit)
    {
        (failure, culprit) = (null!, null);
        try
        {
            if (sync.Failure is { } broken)
                throw broken;
            if (checkpointer.TakeFinish())
                books.Checkpoint();
            books.Refresh();
            foreach (var step in _batch)
            {
                culprit = step;
                step.Apply(books);
            }

            culprit = null;
            books.Commit();
            sync.Committed(books.Commits);
            return true;
        }
        catch (Exception e)
        {
            // Whatever went wrong, every caller must have an answer and the next batch a clean start.
            failure = e as StoreUnavailableException ?? new StoreUnavailableException("The ledger's database can't be written.", e);
            if (e is StoreFaultException { IsOfStatement: false })
                culprit = null;
            RollBack();
            return false;
        }
    }

    private void RollBack()
    {
        try
        {
            books.Rollback();
        }
        catch (Exception)
        {
            // The books are marked stale: the next batch tries again before it does anything else.
        }
    }
}
