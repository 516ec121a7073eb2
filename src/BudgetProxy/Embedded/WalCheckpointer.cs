namespace BudgetProxy.Embedded;

/// <summary>
/// Moves the write-ahead log into the database beside the calls' path, so that no call waits for a checkpoint's flushes. Under load the log
/// always has newer frames than a checkpoint saw and could never be reused; once it is long the writer is asked to finish what is left.
/// </summary>
internal sealed class WalCheckpointer : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>64 MiB of pages of 4 KiB.</summary>
    private const int LongLogFrames = 16_384;
    private readonly SqliteSession _session;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Func<long> _commits;
    private bool _finish;

    /// <param name="commits">How many commits there have been.</param>
    public WalCheckpointer(SqliteSession session, Func<long> commits)
    {
        _session = session;
        _commits = commits;
        _thread = new Thread(Run) { IsBackground = true, Name = "ledger checkpoint" };
        _thread.Start();
    }

    /// <summary>True once when the writer should take a checkpoint itself before its next transaction.</summary>
    public bool TakeFinish() => Volatile.Read(ref _finish) && Interlocked.Exchange(ref _finish, false);

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _session.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        long done = 0;
        while (!_stop.Wait(Interval))
        {
            var commits = _commits();
            if (commits == done)
                continue;
            try
            {
                if (_session.Checkpoint() > LongLogFrames)
                    Volatile.Write(ref _finish, true);
                done = commits;
            }
            catch (StoreFaultException)
            {
                // The log only stays longer: a disk that fails fails the calls' own commits, which say so. Tried again next time.
            }
        }
    }
}
