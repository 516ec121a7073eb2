using BudgetProxy.Reservations;
using Microsoft.Win32.SafeHandles;

namespace BudgetProxy.Embedded;

/// <summary>
/// Flushes the write-ahead log to disk, one flush for all commits since the last: at once when someone waits, else within a fraction of a
/// second. A commit is in the file before it is numbered here, so a flush that begins afterwards covers it; where a checkpoint has meanwhile
/// moved it into the database, SQLite itself has flushed both files before it reused the log.
/// </summary>
internal sealed class WalSync : IDisposable
{
    private static readonly TimeSpan IdleFlush = TimeSpan.FromMilliseconds(200);
    private readonly SafeFileHandle _log;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    /// <summary>Does not spin: a flush takes longer than a thread switch, and the calls need the processor.</summary>
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);
    private TaskCompletionSource? _next;
    private long _committed;
    private long _durable;
    private bool _stopped;
    private Exception? _failure;

    private readonly Action<SafeFileHandle> _flush;

    /// <param name="flush">Flushes a file to the disk.</param>
    public WalSync(string databasePath, Action<SafeFileHandle> flush)
    {
        _flush = flush;
        _log = File.OpenHandle(databasePath + "-wal", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        _thread = new Thread(Run) { IsBackground = true, Name = "ledger flush" };
        _thread.Start();
    }

    /// <summary>Set for good once a flush has failed: what the disk holds is then not known.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Says that all commits up to this number are in the log.</summary>
    public void Committed(long commit) => Volatile.Write(ref _committed, commit);

    /// <exception cref="StoreUnavailableException">The flush failed.</exception>
    public ValueTask WhenDurableAsync(long commit)
    {
        if (Volatile.Read(ref _durable) >= commit)
            return ValueTask.CompletedTask;
        Task flushed;
        lock (_gate)
        {
            if (_failure is not null || _stopped)
                return ValueTask.FromException(new StoreUnavailableException("The ledger can't be flushed to disk.", _failure!));
            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            flushed = _next.Task;
        }

        _wake.Set();
        return new ValueTask(flushed);
    }

    public void Dispose()
    {
        Volatile.Write(ref _stopped, true);
        _wake.Set();
        _thread.Join();
        _log.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!Volatile.Read(ref _stopped))
        {
            _wake.Wait(IdleFlush);
            _wake.Reset();
            Flush();
        }

        Flush();
    }

    private void Flush()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
            (waiting, _next) = (_next, null);
        try
        {
            var target = Volatile.Read(ref _committed);
            if (_failure is not null)
                throw _failure;
            if (target > _durable)
            {
                _flush(_log);
                Volatile.Write(ref _durable, target);
            }

            waiting?.SetResult();
        }
        catch (Exception e)
        {
            // After a failed flush the kernel may have dropped the pages: no later flush can be believed.
            lock (_gate)
                _failure = e;
            waiting?.SetException(new StoreUnavailableException("The ledger can't be flushed to disk.", e));
        }
    }
}
