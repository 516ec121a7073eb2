namespace BudgetProxy.Embedded;

/// <summary>
/// The session that the steps of a cut share, so that each finds in its cache what the last one read and wrote. It is there only while a cut goes on; steps that
/// meet take sessions of their own.
/// </summary>
internal sealed class CutSession(EmbeddedDatabase database)
{
    private SqliteSession? _kept;

    /// <param name="stays">Whether the session is kept for the next step; null = if it was kept for this one.</param>
    public T Run<T>(Func<SqliteSession, T> work, Func<T, bool>? stays)
    {
        var kept = Interlocked.Exchange(ref _kept, null);
        var session = kept ?? Open();
        try
        {
            var result = work(session);
            if (stays?.Invoke(result) ?? kept is not null)
            {
                session.Clear();
                session = Interlocked.Exchange(ref _kept, session);
            }

            return result;
        }
        finally
        {
            session?.Dispose();
        }
    }

    private SqliteSession Open()
    {
        var session = database.OpenSession();
        // A cut of much would let the log grow long, and each read has to search it. Such a checkpoint holds up nobody.
        session.Execute("PRAGMA wal_autocheckpoint = 16000");
        return session;
    }
}
